namespace Runner.Workflows.Model.Triggers;

/// <summary>Matches a text against the parts of a filter pattern, letter by letter, with all parts at once that may take the next one.</summary>
/// <remarks>Never goes back: the time is at most that of letters times parts, whatever a pattern says, and nothing is kept between two texts.</remarks>
internal static class PatternMatcher
{
    /// <summary>Whether the whole text matches.</summary>
    public static bool Matches(ReadOnlySpan<PatternPart> parts, ReadOnlySpan<char> text)
    {
        Span<bool> now = stackalloc bool[parts.Length + 1];
        Span<bool> next = stackalloc bool[parts.Length + 1];
        now.Clear();
        Reach(parts, now, 0);
        foreach (var letter in text)
        {
            next.Clear();
            var isAny = false;
            for (var i = now.IndexOf(true); i >= 0 && i < parts.Length; i = Next(now, i))
            {
                if (parts[i].Takes(letter))
                {
                    Advance(parts, next, i, letter);
                    isAny = true;
                }
            }

            if (!isAny)
            {
                return false;
            }

            var free = now;
            now = next;
            next = free;
        }

        return now[^1];
    }

    private static int Next(ReadOnlySpan<bool> waiting, int index)
    {
        var ahead = waiting[(index + 1)..].IndexOf(true);
        return ahead < 0 ? -1 : index + 1 + ahead;
    }

    private static void Advance(ReadOnlySpan<PatternPart> parts, Span<bool> next, int index, char letter)
    {
        var part = parts[index];
        var stays = part.Kind is PartKind.InSegment or PartKind.Anything or PartKind.ThroughSlash || part.Count == PartCount.Repeated;
        if (stays)
        {
            Reach(parts, next, index);
        }

        if (part.Kind is PartKind.Letter or PartKind.OneOf || (part.Kind == PartKind.ThroughSlash && letter == '/'))
        {
            Reach(parts, next, index + 1);
        }
    }

    // Marks a part, and those behind it that come into question where it takes nothing.
    private static void Reach(ReadOnlySpan<PatternPart> parts, Span<bool> waiting, int index)
    {
        while (!waiting[index])
        {
            waiting[index] = true;
            if (index == parts.Length)
            {
                return;
            }

            var part = parts[index];
            if (part.Kind == PartKind.Folders)
            {
                waiting[index + 1] = true;
                index += 2;
            }
            else if (part.Kind is PartKind.InSegment or PartKind.Anything || part.Count == PartCount.Optional)
            {
                index++;
            }
            else
            {
                return;
            }
        }
    }
}
