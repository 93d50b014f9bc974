using System.Globalization;
using Runner.Expressions.Text;
using Runner.Expressions.Values;

namespace Runner.Expressions.Json;

/// <summary>Writes values as GitHub's <c>toJson</c> does: two spaces a level, <c>\n</c>, keys in the order of the data (<c>expressions.md</c> section 5.2).</summary>
internal sealed class JsonText
{
    /// <summary>Levels that the writer descends; deeper data than any real context has would endanger the stack.</summary>
    private const int MaxDepth = 256;

    private readonly BudgetedText _text;

    private JsonText(MemoryBudget budget) => _text = new(budget);

    /// <exception cref="ExpressionException">The text takes too much memory, or the value is nested too deeply.</exception>
    public static string Write(Value value, MemoryBudget budget)
    {
        var writer = new JsonText(budget);
        writer.WriteValue(value, depth: 0);
        return writer._text.ToString();
    }

    private void WriteValue(Value value, int depth)
    {
        if (depth > MaxDepth)
        {
            throw ExpressionException.Evaluation($"The value is nested more than {MaxDepth} levels deep");
        }

        switch (value)
        {
            case ArrayValue array:
                WriteItems('[', array.Items, ']', depth, (item, level) => WriteValue(item, level));
                break;
            case ObjectValue members:
                WriteItems('{', members.Entries, '}', depth, WriteEntry);
                break;
            case StringValue text:
                WriteString(text.Value);
                break;
            case NullValue:
                _text.Append("null");
                break;
            default:
                _text.Append(value.ToText());
                break;
        }
    }

    private void WriteItems<T>(char start, IReadOnlyList<T> items, char end, int depth, Action<T, int> write)
    {
        _text.Append(start);
        for (var i = 0; i < items.Count; i++)
        {
            _text.Append(i == 0 ? "\n" : ",\n");
            Indent(depth + 1);
            write(items[i], depth + 1);
        }

        if (items.Count > 0)
        {
            _text.Append('\n');
            Indent(depth);
        }

        _text.Append(end);
    }

    private void WriteEntry(KeyValuePair<string, Value> entry, int depth)
    {
        WriteString(entry.Key);
        _text.Append(": ");
        WriteValue(entry.Value, depth);
    }

    private void WriteString(string text)
    {
        _text.Append('"');
        var rest = text.AsSpan();
        while (IndexOfEscaped(rest) is >= 0 and var index)
        {
            _text.Append(rest[..index]);
            _text.Append(Escape(rest[index]));
            rest = rest[(index + 1)..];
        }

        _text.Append(rest);
        _text.Append('"');
    }

    private static int IndexOfEscaped(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is < ' ' or '"' or '\\' or '\u0085' or '\u2028' or '\u2029')
            {
                return i;
            }
        }

        return -1;
    }

    private static string Escape(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => @"\\",
        '\b' => @"\b",
        '\f' => @"\f",
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
    };

    private void Indent(int depth)
    {
        for (var i = 0; i < depth; i++)
        {
            _text.Append("  ");
        }
    }
}
