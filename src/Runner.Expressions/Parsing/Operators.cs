using Runner.Expressions.Lexing;

namespace Runner.Expressions.Parsing;

/// <summary>How tightly operators bind (<c>expressions.md</c> section 2). Indexes and calls bind tighter than all of them.</summary>
internal static class Operators
{
    /// <summary>The precedence of an operator, greater for the tighter; 0 for everything that is none.</summary>
    public static int Precedence(TokenKind kind) => kind switch
    {
        TokenKind.Not => 16,
        TokenKind.Less or TokenKind.LessOrEqual or TokenKind.Greater or TokenKind.GreaterOrEqual => 11,
        TokenKind.Equal or TokenKind.NotEqual => 10,
        TokenKind.And => 6,
        TokenKind.Or => 5,
        _ => 0,
    };
}
