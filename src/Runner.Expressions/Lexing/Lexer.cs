using Runner.Expressions.Values;

namespace Runner.Expressions.Lexing;

/// <summary>Cuts an expression into tokens, one at a time (<c>expressions.md</c> section 1).</summary>
/// <remarks>What a character means may depend on the token before it: <c>.5</c> is a number after an operator and an index elsewhere.</remarks>
internal sealed class Lexer(string text)
{
    private static readonly NumberValue NaN = new(double.NaN);
    private static readonly NumberValue Infinity = new(double.PositiveInfinity);

    private int _index;
    private TokenKind _previous = TokenKind.Start;

    /// <summary>The next token; <see cref="TokenKind.End"/> for ever after the last one.</summary>
    public Token Next()
    {
        _index = SkipWhiteSpace(_index);
        var token = _index == text.Length ? new Token(TokenKind.End, _index, 0) : Read(text[_index]);
        _index += token.Length;
        _previous = token.Kind;
        return token;
    }

    private Token Read(char first) => first switch
    {
        '(' => Sign(_previous == TokenKind.Function ? TokenKind.StartCall : TokenKind.StartGroup, 1),
        ')' => Sign(TokenKind.EndParenthesis, 1),
        '[' => Sign(TokenKind.StartIndex, 1),
        ']' => Sign(TokenKind.EndIndex, 1),
        ',' => Sign(TokenKind.Separator, 1),
        '*' => Sign(TokenKind.Wildcard, 1),
        '!' => IsNext('=') ? Sign(TokenKind.NotEqual, 2) : Sign(TokenKind.Not, 1),
        '>' => IsNext('=') ? Sign(TokenKind.GreaterOrEqual, 2) : Sign(TokenKind.Greater, 1),
        '<' => IsNext('=') ? Sign(TokenKind.LessOrEqual, 2) : Sign(TokenKind.Less, 1),
        '=' when IsNext('=') => Sign(TokenKind.Equal, 2),
        '&' when IsNext('&') => Sign(TokenKind.And, 2),
        '|' when IsNext('|') => Sign(TokenKind.Or, 2),
        '\'' => ReadString(),
        '.' => TokenOrder.AwaitsOperand(_previous) ? ReadNumber() : Sign(TokenKind.Dot, 1),
        '+' or '-' or (>= '0' and <= '9') => ReadNumber(),
        _ => ReadName(),
    };

    private Token Sign(TokenKind kind, int length) => new(kind, _index, length);

    private bool IsNext(char expected) => _index + 1 < text.Length && text[_index + 1] == expected;

    /// <summary>Reads <c>'…'</c>, in which two quotes are one.</summary>
    private Token ReadString()
    {
        var hasQuotes = false;
        for (var end = _index + 1; end < text.Length; end++)
        {
            if (text[end] != '\'')
            {
                continue;
            }

            if (end + 1 < text.Length && text[end + 1] == '\'')
            {
                hasQuotes = true;
                end++;
                continue;
            }

            var value = text[(_index + 1)..end];
            var unquoted = hasQuotes ? value.Replace("''", "'", StringComparison.Ordinal) : value;
            return new(TokenKind.Literal, _index, end + 1 - _index, new StringValue(unquoted));
        }

        return new(TokenKind.Unexpected, _index, text.Length - _index);
    }

    private Token ReadNumber()
    {
        var end = _index + 1;
        while (end < text.Length && (text[end] == '.' || !LexicalRules.IsBoundary(text[end])))
        {
            end++;
        }

        var number = NumberText.Parse(text.AsSpan(_index, end - _index));
        return double.IsNaN(number)
            ? new(TokenKind.Unexpected, _index, end - _index)
            : new(TokenKind.Literal, _index, end - _index, new NumberValue(number));
    }

    private Token ReadName()
    {
        var end = _index + 1;
        while (end < text.Length && !LexicalRules.IsBoundary(text[end]))
        {
            end++;
        }

        var name = text.AsSpan(_index, end - _index);
        if (!LexicalRules.IsName(name))
        {
            return new(TokenKind.Unexpected, _index, name.Length);
        }

        // After a dot any name is a property, also if it is a keyword.
        if (_previous == TokenKind.Dot)
        {
            return new(TokenKind.Property, _index, name.Length);
        }

        if (FindKeyword(name) is { } keyword)
        {
            return new(TokenKind.Literal, _index, name.Length, keyword);
        }

        var next = SkipWhiteSpace(end);
        var isFunction = next < text.Length && text[next] == '(';
        return new(isFunction ? TokenKind.Function : TokenKind.NamedValue, _index, name.Length);
    }

    private static Value? FindKeyword(ReadOnlySpan<char> name) => name switch
    {
        "null" => NullValue.Instance,
        "true" => BooleanValue.True,
        "false" => BooleanValue.False,
        "NaN" => NaN,
        "Infinity" => Infinity,
        _ => null,
    };

    private int SkipWhiteSpace(int index)
    {
        while (index < text.Length && char.IsWhiteSpace(text[index]))
        {
            index++;
        }

        return index;
    }
}
