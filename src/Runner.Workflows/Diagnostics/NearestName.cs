namespace Runner.Workflows.Diagnostics;

/// <summary>Finds the name that an author probably meant.</summary>
internal static class NearestName
{
    /// <summary>A sentence that names the nearest known name, or all of them where they are few, or <c>null</c>.</summary>
    public static string? Hint(string found, IReadOnlyCollection<string> known)
    {
        if (Find(found, known) is { } nearest)
        {
            return $"Did you mean '{nearest}'?";
        }

        return known.Count is > 0 and <= 8 ? $"Expected one of: {string.Join(", ", known)}" : null;
    }

    /// <summary>The known name with the fewest edits from the one found, or <c>null</c> where none is near.</summary>
    public static string? Find(string found, IEnumerable<string> known)
    {
        var limit = Math.Max(1, found.Length / 3);
        string? nearest = null;
        foreach (var name in known)
        {
            if (Math.Abs(name.Length - found.Length) > limit)
            {
                continue;
            }

            var distance = Distance(found, name);
            if (distance <= limit && distance > 0)
            {
                limit = distance - 1;
                nearest = name;
            }
            else if (distance == 0)
            {
                return name;
            }
        }

        return nearest;
    }

    // Edits between two names, where two letters in the wrong order are one edit; letter case and '-' against '_' are none.
    private static int Distance(string left, string right)
    {
        var before = new int[right.Length + 1];
        var previous = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = IsSame(left[i - 1], right[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
                if (i > 1 && j > 1 && IsSame(left[i - 1], right[j - 2]) && IsSame(left[i - 2], right[j - 1]))
                {
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
                }
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[right.Length];
    }

    private static bool IsSame(char left, char right) => Fold(left) == Fold(right);

    private static char Fold(char letter) => letter == '_' ? '-' : char.ToLowerInvariant(letter);
}
