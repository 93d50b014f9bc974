using System.Buffers;
using System.Globalization;
using System.Text;
using Runner.Expressions.Values;

namespace Runner.Expressions.Json;

/// <summary>The place of the reader in a JSON text: takes its smallest parts and knows path, line and position for errors.</summary>
internal sealed class JsonScanner(string text)
{
    private int _index;

    /// <summary>The way to what was read last.</summary>
    public JsonPath Path { get; } = new();

    /// <summary>Whether nothing is left.</summary>
    public bool IsAtEnd => _index == text.Length;

    /// <summary>Whether what begins here cannot belong to a keyword or number before.</summary>
    public bool IsAtBoundary => IsBoundary(0);

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

    /// <summary>Whether this text stands here.</summary>
    public bool IsNext(string expected) => text.AsSpan(_index).StartsWith(expected);

    /// <summary>Whether what stands a number of characters on cannot belong to a keyword or number before.</summary>
    public bool IsBoundary(int ahead) =>
        _index + ahead >= text.Length || char.IsWhiteSpace(text[_index + ahead]) || text[_index + ahead] is ',' or ']' or '}' or ')' or '/';

    /// <summary>The character that stands a number of characters on.</summary>
    public char CharacterAt(int ahead) => text[_index + ahead];

    /// <summary>The longest run of these characters that begins here, not taken.</summary>
    public ReadOnlySpan<char> PeekAll(SearchValues<char> characters)
    {
        var rest = text.AsSpan(_index);
        var end = rest.IndexOfAnyExcept(characters);
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>Takes characters.</summary>
    public void Take(int count = 1) => _index += count;

    /// <summary>Takes what stands here as far as it is as expected.</summary>
    /// <returns>How many characters that was.</returns>
    public int TakeCommonPrefix(string expected)
    {
        var count = text.AsSpan(_index).CommonPrefixLength(expected);
        _index += count;
        return count;
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

        if (IsAtEnd)
        {
            throw Error("Unexpected end while parsing unquoted property name.");
        }

        if (_index == start)
        {
            throw Error($"Invalid property identifier character: {text[_index]}.");
        }

        return char.IsWhiteSpace(text[_index]) || text[_index] is ':' or '/'
            ? text[start.._index]
            : throw Error($"Invalid JavaScript property identifier character: {text[_index]}.");
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

            result.Append(character == '\\' ? TakeEscape(quote) : character);
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

    /// <summary>An error at this place, or a number of characters on, with the path to it.</summary>
    public ExpressionException Error(string message, int ahead = 0)
    {
        // GitHub's reader counts lines from 1, but says 0 where it has not begun.
        var before = text.AsSpan(0, _index + ahead);
        var line = before.IsEmpty ? 0 : before.Count('\n') + 1;
        var position = before.Length - (before.LastIndexOf('\n') + 1);
        return ExpressionException.Evaluation(string.Create(
            CultureInfo.InvariantCulture,
            $"{message} Path '{Path}', line {line}, position {position}."));
    }

    private char TakeEscape(char quote)
    {
        var escape = _index < text.Length ? text[_index++] : throw Error($"Unterminated string. Expected delimiter: {quote}.");
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
