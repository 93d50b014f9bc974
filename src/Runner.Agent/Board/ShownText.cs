namespace Runner.Agent.Board;

/// <summary>Words of other people as they may be shown: bounded, on one line, and without what turns the direction of the text around them. Pure.</summary>
internal static class ShownText
{
    /// <summary>Most letters of a name.</summary>
    public const int MaxName = 200;

    /// <summary>Most letters of a message.</summary>
    public const int MaxMessage = 1000;

    /// <summary>The text of a name, or <c>null</c> where there is none.</summary>
    public static string? Name(string? text) => string.IsNullOrWhiteSpace(text) ? null : Of(text, MaxName);

    /// <summary>The text of a message, likewise.</summary>
    public static string? Message(string? text) => string.IsNullOrWhiteSpace(text) ? null : Of(text, MaxMessage);

    private static string Of(string text, int most)
    {
        var cut = text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)] + "…";
        return string.Create(cut.Length, cut, static (shown, given) =>
        {
            for (var i = 0; i < given.Length; i++)
            {
                shown[i] = IsHostile(given[i]) ? ' ' : given[i];
            }
        });
    }

    private static bool IsHostile(char letter) =>
        char.IsControl(letter) || letter is '\u2028' or '\u2029' or '\u200e' or '\u200f' or '\u061c' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
