namespace Runner.Expressions.Lexing;

/// <summary>Which token may follow which (<c>expressions.md</c> section 1).</summary>
internal static class TokenOrder
{
    /// <summary>Whether an operand is due after this token.</summary>
    public static bool AwaitsOperand(TokenKind previous) => previous is
        TokenKind.Start or TokenKind.Separator or TokenKind.StartGroup or TokenKind.StartCall or TokenKind.StartIndex or >= TokenKind.Not;

    /// <summary>Whether an operand is complete with this token.</summary>
    public static bool EndsOperand(TokenKind previous) => previous is TokenKind.Literal || TakesIndex(previous);

    /// <summary>Whether the second token may stand after the first.</summary>
    public static bool Allows(TokenKind previous, TokenKind next) => next switch
    {
        TokenKind.Literal or TokenKind.NamedValue or TokenKind.Function or TokenKind.StartGroup or TokenKind.Not => AwaitsOperand(previous),
        TokenKind.StartIndex or TokenKind.Dot => TakesIndex(previous),
        TokenKind.Wildcard => previous is TokenKind.StartIndex or TokenKind.Dot,
        TokenKind.Property => previous is TokenKind.Dot,
        TokenKind.StartCall => previous is TokenKind.Function,
        TokenKind.EndParenthesis => EndsOperand(previous) || previous is TokenKind.StartCall,
        TokenKind.EndIndex or TokenKind.Separator or > TokenKind.Not => EndsOperand(previous),
        TokenKind.End => EndsOperand(previous) || previous is TokenKind.Start,
        _ => false,
    };

    // Not after a literal: 'text'.length is no expression.
    private static bool TakesIndex(TokenKind previous) => previous is
        TokenKind.EndParenthesis or TokenKind.EndIndex or TokenKind.Wildcard or TokenKind.Property or TokenKind.NamedValue;
}
