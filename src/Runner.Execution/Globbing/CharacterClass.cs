using System.Diagnostics.CodeAnalysis;

namespace Runner.Execution.Globbing;

/// <summary><c>[a-z]</c>, <c>[!0-9]</c>, <c>[^_]</c> in a glob pattern.</summary>
internal sealed class CharacterClass
{
    private readonly List<(char From, char To)> _ranges = [];
    private bool _isNegated;

    private CharacterClass()
    {
    }

    /// <summary>Reads the class that begins at a bracket. False where it has no end: then the bracket is a character like others.</summary>
    /// <param name="end">Index of the closing bracket.</param>
    public static bool TryRead(string text, int start, [NotNullWhen(true)] out CharacterClass? set, out int end)
    {
        set = new CharacterClass();
        end = start + 1;
        if (end < text.Length && (text[end] == '!' || text[end] == '^'))
        {
            set._isNegated = true;
            end++;
        }

        var first = end;
        while (end < text.Length && (text[end] != ']' || end == first))
        {
            var from = Next(text, ref end);
            if (end + 1 < text.Length && text[end] == '-' && text[end + 1] != ']')
            {
                end++;
                set._ranges.Add((from, Next(text, ref end)));
            }
            else
            {
                set._ranges.Add((from, from));
            }
        }

        if (end < text.Length)
        {
            return true;
        }

        set = null;
        return false;
    }

    /// <summary>Whether a character is in the class.</summary>
    public bool Contains(char character) => _ranges.Exists(range => range.From <= character && character <= range.To) != _isNegated;

    private static char Next(string text, ref int at)
    {
        if (text[at] == '\\' && at + 1 < text.Length)
        {
            at++;
        }

        return text[at++];
    }
}
