using Runner.Expressions.Evaluation;

namespace Runner.Expressions.Json;

/// <summary>
/// Reads JSON as leniently as GitHub's <c>fromJson</c> (<c>expressions.md</c> section 5.3): single quotes, names without quotes, comments,
/// trailing commas, hexadecimal and octal numbers, NaN and Infinity are taken; text after the value is ignored.
/// </summary>
internal sealed class JsonReader
{
    /// <summary>The level from which on values stay text, so the reader's recursion ends there.</summary>
    private const int MaxDepth = 100;

    private readonly JsonScanner _scanner;
    private readonly MemoryBudget _budget;

    private JsonReader(string text, MemoryBudget budget)
    {
        _scanner = new(text);
        _budget = budget;
    }

    /// <summary>Reads the first value of a text.</summary>
    /// <exception cref="ExpressionException">There is none, it is malformed, or it takes too much memory.</exception>
    public static Value Read(string text, MemoryBudget budget)
    {
        var reader = new JsonReader(text, budget);
        return reader._scanner.PeekContent() is null
            ? throw reader._scanner.Error("Error reading JToken from JsonReader.")
            : reader.ReadValue(depth: 1);
    }

    private Value ReadValue(int depth)
    {
        var value = _scanner.PeekContent() switch
        {
            null => throw _scanner.Error("Unexpected end when reading JSON."),
            '[' or '{' when depth >= MaxDepth => new StringValue(_scanner.TakeContainerText()),
            '[' => ReadArray(depth),
            '{' => ReadObject(depth),
            '"' or '\'' => new StringValue(_scanner.TakeString()),
            _ => depth >= MaxDepth ? new StringValue(_scanner.TakeWord()) : JsonWord.ToValue(_scanner),
        };
        _budget.Add(value);
        return value;
    }

    private ArrayValue ReadArray(int depth)
    {
        var items = new List<Value>();
        _scanner.Take();
        while (_scanner.PeekContent() is not ']')
        {
            _scanner.Enter(items.Count);
            items.Add(_scanner.PeekContent() is null ? throw EndInside("JArray") : ReadValue(depth + 1));
            TakeSeparator(']', "JArray");
            _scanner.Leave();
        }

        _scanner.Take();
        return new(items);
    }

    private ObjectValue ReadObject(int depth)
    {
        var entries = new List<KeyValuePair<string, Value>>();
        _scanner.Take();
        while (_scanner.PeekContent() is not '}')
        {
            var name = _scanner.PeekContent() is null ? throw EndInside("JObject") : _scanner.TakeName();
            _scanner.Enter(name);
            if (_scanner.PeekContent() is not ':')
            {
                throw _scanner.PeekContent() is { } other
                    ? _scanner.Error($"Invalid character after parsing property name. Expected ':' but got: {other}.")
                    : EndInside("JObject");
            }

            _scanner.Take();
            entries.Add(new(name, _scanner.PeekContent() is null ? throw EndInside("JObject") : ReadValue(depth + 1)));
            TakeSeparator('}', "JObject");
            _scanner.Leave();
        }

        _scanner.Take();
        return new(entries);
    }

    /// <summary>Takes the comma after an item; the closing bracket stays for the caller.</summary>
    private void TakeSeparator(char end, string container)
    {
        switch (_scanner.PeekContent())
        {
            case ',':
                _scanner.Take();
                break;
            case null:
                throw EndInside(container);
            case { } other when other != end:
                throw _scanner.Error($"After parsing a value an unexpected character was encountered: {other}.");
        }
    }

    private ExpressionException EndInside(string container) =>
        _scanner.Error($"Unexpected end of content while loading {container}.");
}
