using Runner.Expressions.Text;
using Runner.Expressions.Values;

namespace Runner.Expressions.Json;

/// <summary>
/// Reads JSON as leniently as GitHub's <c>fromJson</c> (<c>expressions.md</c> section 5.3): single quotes, names without quotes, comments,
/// trailing commas, hexadecimal and octal numbers, NaN and Infinity are taken; text after the value is ignored.
/// </summary>
/// <remarks>GitHub's runner reads with Newtonsoft.Json. Values, errors and the places in them were compared with version 13.</remarks>
internal sealed class JsonReader
{
    /// <summary>The level from which on values stay text, so the reader's recursion ends there.</summary>
    private const int MaxDepth = 100;

    private readonly JsonScanner _scanner;
    private readonly MemoryBudget _budget;

    /// <summary>What the end of the text is said to have cut off: the outermost container, as GitHub's reader says it.</summary>
    private string _outermost = "";

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
            '[' or '{' when depth >= MaxDepth => new StringValue(_scanner.TakeContainerText()),
            '[' => ReadArray(depth),
            '{' => ReadObject(depth),
            '"' or '\'' => new StringValue(_scanner.TakeString()),
            ',' => StringValue.Empty, // GitHub's reader calls a value that was left out undefined, and that is an empty text
            _ => JsonWord.Take(_scanner) is var word && depth < MaxDepth ? word : new StringValue(word.ToText()),
        };
        _budget.Add(value);
        return value;
    }

    private ArrayValue ReadArray(int depth)
    {
        var items = new List<Value>();
        TakeOpening("JArray", depth);
        while (_scanner.PeekContent() is { } next && next != ']')
        {
            if (next is '[' or '{')
            {
                _scanner.Path.MoveTo(items.Count);
            }

            items.Add(ReadValue(depth + 1));
            _scanner.Path.MoveTo(items.Count - 1);
            TakeSeparator(']', "Array");
        }

        TakeClosing();
        return new(items);
    }

    private ObjectValue ReadObject(int depth)
    {
        var entries = new List<KeyValuePair<string, Value>>();
        TakeOpening("JObject", depth);
        while (_scanner.PeekContent() is { } next && next != '}')
        {
            var name = _scanner.TakeName();
            _budget.AddCharacters(name.Length);
            TakeColon();
            _scanner.Path.MoveTo(name);
            if (_scanner.PeekContent() is null)
            {
                break;
            }

            entries.Add(new(name, ReadValue(depth + 1)));
            TakeSeparator('}', "Object");
        }

        TakeClosing();
        return new(entries);
    }

    private void TakeOpening(string container, int depth)
    {
        _scanner.Take();
        if (depth == 1)
        {
            _outermost = container;
            if (_scanner.PeekContent() is null)
            {
                throw _scanner.Error($"Error reading {container} from JsonReader.");
            }
        }

        _scanner.Path.Enter();
    }

    private void TakeColon()
    {
        switch (_scanner.PeekContent())
        {
            case ':':
                _scanner.Take();
                break;
            case { } other:
                throw _scanner.Error($"Invalid character after parsing property name. Expected ':' but got: {other}.");
            case null:
                throw EndedEarly();
        }
    }

    /// <summary>Takes the comma after an item; the closing bracket and the end of the text stay for the caller.</summary>
    private void TakeSeparator(char end, string container)
    {
        switch (_scanner.PeekContent())
        {
            case ',':
                _scanner.Take();
                break;
            case (']' or '}') and var closing when closing != end:
                _scanner.Take();
                _scanner.Path.Leave();
                throw _scanner.Error($"JsonToken {(closing == ']' ? "EndArray" : "EndObject")} is not valid for closing JsonType {container}.");
            case { } other when other != end:
                throw _scanner.Error($"After parsing a value an unexpected character was encountered: {other}.");
        }
    }

    private void TakeClosing()
    {
        if (_scanner.PeekContent() is null)
        {
            throw EndedEarly();
        }

        _scanner.Take();
        _scanner.Path.Leave();
    }

    private ExpressionException EndedEarly() => _scanner.Error($"Unexpected end of content while loading {_outermost}.");
}
