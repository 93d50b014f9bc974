namespace Runner.Workflows.Model.Triggers;

/// <summary>What one part of a filter pattern takes.</summary>
internal enum PartKind : byte
{
    /// <summary>One letter.</summary>
    Letter,

    /// <summary>One letter of a set.</summary>
    OneOf,

    /// <summary><c>*</c>: any letters but a slash.</summary>
    InSegment,

    /// <summary><c>**</c>: any letters.</summary>
    Anything,

    /// <summary><c>**/</c>: nothing, or what the next part takes, which is <see cref="ThroughSlash"/>.</summary>
    Folders,

    /// <summary>Any letters up to a slash, with it.</summary>
    ThroughSlash,
}

/// <summary>How often a letter may stand.</summary>
internal enum PartCount : byte
{
    /// <summary>Once.</summary>
    Once,

    /// <summary>Once or not at all.</summary>
    Optional,

    /// <summary>Once or more.</summary>
    Repeated,
}

/// <summary>One part of a filter pattern.</summary>
internal readonly record struct PatternPart(PartKind Kind)
{
    /// <summary>The letter of <see cref="PartKind.Letter"/>.</summary>
    public char Value { get; init; }

    /// <summary>Letters and ranges of <see cref="PartKind.OneOf"/>, as written between the brackets.</summary>
    public string? Set { get; init; }

    /// <summary>How often the letter may stand. Default once.</summary>
    public PartCount Count { get; init; }

    public static PatternPart Of(char letter) => new(PartKind.Letter) { Value = letter };

    /// <summary>Whether the part may take a letter.</summary>
    public bool Takes(char letter) => Kind switch
    {
        PartKind.Letter => letter == Value,
        PartKind.OneOf => IsInSet(letter),
        PartKind.InSegment => letter != '/',
        PartKind.Anything or PartKind.ThroughSlash => true,
        _ => false,
    };

    private bool IsInSet(char letter)
    {
        for (var i = 0; i < Set?.Length; i++)
        {
            // A hyphen at either end is one.
            if (i + 2 < Set.Length && Set[i + 1] == '-')
            {
                if (letter >= Set[i] && letter <= Set[i + 2])
                {
                    return true;
                }

                i += 2;
            }
            else if (letter == Set[i])
            {
                return true;
            }
        }

        return false;
    }
}
