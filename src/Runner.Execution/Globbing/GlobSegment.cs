namespace Runner.Execution.Globbing;

/// <summary>One segment of a glob pattern: <c>*</c>, <c>?</c>, <c>[…]</c> and <c>\</c> as an escape. Immutable.</summary>
internal sealed class GlobSegment
{
    private readonly List<Part> _parts = [];

    /// <summary>Reads a segment; it holds no slash.</summary>
    public GlobSegment(string text)
    {
        IsGlobStar = text == "**";
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (character == '\\' && i + 1 < text.Length)
            {
                _parts.Add(Part.Exactly(text[++i]));
            }
            else if (character == '*')
            {
                IsLiteral = false;
                _parts.Add(new Part(PartKind.AnyText, default, null));
            }
            else if (character == '?')
            {
                IsLiteral = false;
                _parts.Add(new Part(PartKind.AnyCharacter, default, null));
            }
            else if (character == '[' && CharacterClass.TryRead(text, i, out var set, out var end))
            {
                IsLiteral = false;
                _parts.Add(new Part(PartKind.OneOf, default, set));
                i = end;
            }
            else
            {
                _parts.Add(Part.Exactly(character));
            }
        }
    }

    private enum PartKind
    {
        Exactly,
        AnyCharacter,
        AnyText,
        OneOf,
    }

    /// <summary><c>**</c>: any number of segments.</summary>
    public bool IsGlobStar { get; }

    /// <summary>Whether it matches one text only.</summary>
    public bool IsLiteral { get; } = true;

    /// <summary>The text that a literal segment matches.</summary>
    public string Literal => string.Concat(_parts.Select(part => part.Character));

    /// <summary>A segment that matches just this text, whatever characters it has.</summary>
    public static GlobSegment Exactly(string text) => new(text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal)
        .Replace("?", "\\?", StringComparison.Ordinal)
        .Replace("[", "\\[", StringComparison.Ordinal));

    /// <summary>Whether a file name matches. Linear but for the last <c>*</c>, which alone is retried.</summary>
    public bool Matches(string name)
    {
        var (part, at) = (0, 0);
        var (star, starAt) = (-1, 0);
        while (at < name.Length)
        {
            if (part < _parts.Count && _parts[part].Kind == PartKind.AnyText)
            {
                (star, starAt) = (part++, at);
            }
            else if (part < _parts.Count && _parts[part].Matches(name[at]))
            {
                part++;
                at++;
            }
            else if (star >= 0)
            {
                (part, at) = (star + 1, ++starAt);
            }
            else
            {
                return false;
            }
        }

        while (part < _parts.Count && _parts[part].Kind == PartKind.AnyText)
        {
            part++;
        }

        return part == _parts.Count;
    }

    private readonly record struct Part(PartKind Kind, char Character, CharacterClass? Set)
    {
        public static Part Exactly(char character) => new(PartKind.Exactly, character, null);

        public bool Matches(char character) => Kind switch
        {
            PartKind.Exactly => Character == character,
            PartKind.AnyCharacter => true,
            PartKind.OneOf => Set is not null && Set.Contains(character),
            _ => false,
        };
    }
}
