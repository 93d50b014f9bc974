using System.Globalization;
using System.Text;

namespace Runner.Expressions.Json;

/// <summary>The place of the reader in a JSON text: takes its smallest parts and knows path, line and position for errors.</summary>
internal sealed class JsonScanner(string text)
{
    private readonly List<string> _path = [];
    private int _index;

    /// <summary>The next character that is neither white space nor comment, not taken; <c>null</c> at the end.</summary>
    public char? PeekContent()
    {
        while (_index < text.Length)
        {
            if (char.IsWhiteSpace(text[_index]))
            {
                _index++;
            }
            else if (EndOfComment() is { } end)
            {
                _index = end;
            }
            else
            {
                return text[_index];
            }
        }

        return null;
    }

    /// <summary>Takes one character.</summary>
    public void Take() => _index++;

    /// <summary>Goes into an item of an array.</summary>
    public void Enter(int item) => _path.Add(string.Create(CultureInfo.InvariantCulture, $"[{item}]"));

    /// <summary>Goes into a member of an object.</summary>
    public void Enter(string member) => _path.Add(_path.Count == 0 ? member : $".{member}");

    /// <summary>Comes back from an item or member.</summary>
    public void Leave() => _path.RemoveAt(_path.Count - 1);

    /// <summary>The keyword or number that begins here, not taken.</summary>
    public ReadOnlySpan<char> PeekWord()
    {
        var rest = text.AsSpan(_index);
        var end = 0;
        while (end < rest.Length && !char.IsWhiteSpace(rest[end]) && rest[end] is not (',' or ':' or '[' or ']' or '{' or '}' or '"' or '\'' or '/'))
        {
            end++;
        }

        return rest[..end];
    }

    /// <summary>Takes the keyword or number that begins here.</summary>
    public string TakeWord()
    {
        var word = PeekWord().ToString();
        _index += word.Length;
        return word.Length > 0 ? word : throw UnexpectedCharacter();
    }

    /// <summary>Takes the name of a member, with quotes or without.</summary>
    public string TakeName()
    {
        if (text[_index] is '"' or '\'')
        {
            return TakeString();
        }

        var start = _index;
        while (_index < text.Length && (char.IsLetterOrDigit(text[_index]) || text[_index] is '_' or '$'))
        {
            _index++;
        }

        return _index > start ? text[start.._index] : throw Error($"Invalid property identifier character: {text[_index]}.");
    }

    /// <summary>Takes the string that begins here.</summary>
    public string TakeString()
    {
        var quote = text[_index++];
        var start = _index;
        var end = text.AsSpan(start).IndexOfAny(quote, '\\');
        if (end >= 0 && text[start + end] == quote)
        {
            _index = start + end + 1;
            return text.Substring(start, end);
        }

        var result = new StringBuilder();
        while (_index < text.Length)
        {
            var character = text[_index++];
            if (character == quote)
            {
                return result.ToString();
            }

            result.Append(character == '\\' ? TakeEscape() : character);
        }

        throw Error($"Unterminated string. Expected delimiter: {quote}.");
    }

    /// <summary>Takes the array or object that begins here as it is written.</summary>
    public string TakeContainerText()
    {
        var start = _index;
        var open = 0;
        do
        {
            switch (PeekContent())
            {
                case null:
                    throw Error("Unexpected end when reading JSON.");
                case '"' or '\'':
                    TakeString();
                    continue;
                case '[' or '{':
                    open++;
                    break;
                case ']' or '}':
                    open--;
                    break;
            }

            Take();
        }
        while (open > 0);

        return text[start.._index];
    }

    /// <summary>The error for a character that begins no value.</summary>
    public ExpressionException UnexpectedCharacter() =>
        Error($"Unexpected character encountered while parsing value: {text[_index]}.");

    /// <summary>An error at this place, with the path to it.</summary>
    public ExpressionException Error(string message)
    {
        // GitHub's reader counts lines from 1, but says 0 where it has not begun.
        var before = text.AsSpan(0, Math.Min(_index, text.Length));
        var line = before.IsEmpty ? 0 : before.Count('\n') + 1;
        var position = before.Length - (before.LastIndexOf('\n') + 1);
        return ExpressionException.Evaluation(string.Create(
            CultureInfo.InvariantCulture,
            $"{message} Path '{string.Concat(_path)}', line {line}, position {position}."));
    }

    private char TakeEscape()
    {
        var escape = _index < text.Length ? text[_index++] : throw Error("Unterminated string.");
        return escape switch
        {
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '"' or '\'' or '\\' or '/' => escape,
            'u' => TakeCodeUnit(),
            _ => throw Error($"Bad JSON escape sequence: \\{escape}."),
        };
    }

    private char TakeCodeUnit()
    {
        if (_index + 4 > text.Length)
        {
            throw Error("Unexpected end while parsing Unicode escape sequence.");
        }

        var digits = text.AsSpan(_index, 4);
        if (!ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
        {
            throw Error($"Invalid Unicode escape sequence: \\u{digits}.");
        }

        _index += 4;
        return (char)unit;
    }

    /// <summary>Where the comment that begins here ends; <c>null</c> where none begins.</summary>
    private int? EndOfComment()
    {
        var rest = text.AsSpan(_index);
        if (rest.StartsWith("//"))
        {
            var end = rest.IndexOfAny('\r', '\n');
            return end < 0 ? text.Length : _index + end;
        }

        if (!rest.StartsWith("/*"))
        {
            return null;
        }

        var close = rest[2..].IndexOf("*/");
        return close >= 0 ? _index + 2 + close + 2 : throw Error("Unexpected end while parsing comment.");
    }
}
