using Runner.Expressions.Values;

namespace Runner.Expressions.Lexing;

/// <summary>A token and its place.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Where it begins, counted from 0.</param>
/// <param name="Length">Its length in characters; 0 at the start and the end.</param>
/// <param name="Literal">The value of a literal, otherwise <c>null</c>.</param>
internal readonly record struct Token(TokenKind Kind, int Index, int Length, Value? Literal = null)
{
    /// <summary>The token as written.</summary>
    public string TextIn(string expression) => expression.Substring(Index, Length);
}
