using System.Buffers;

namespace Runner.Expressions.Lexing;

/// <summary>What makes a name and where a token ends (<c>expressions.md</c> section 1).</summary>
internal static class LexicalRules
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    public static bool IsName(ReadOnlySpan<char> text) =>
        text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '_') && !text.ContainsAnyExcept(NameCharacters);

    public static bool IsBoundary(char character) =>
        character is '(' or ')' or '[' or ']' or ',' or '.' or '!' or '>' or '<' or '=' or '&' or '|' || char.IsWhiteSpace(character);
}
