namespace Runner.Jobs.Errors;

/// <summary>Finds the name that somebody who mistyped one may have meant. Case does not count.</summary>
public static class NearestName
{
    /// <summary>The known name nearest to the given one, or <c>null</c> where none is near enough to be meant.</summary>
    public static string? Find(string given, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(known);

        // A third of the letters may be wrong: "lables" is "labels", but "kind" is not "kept".
        var limit = Math.Max(1, given.Length / 3);
        var best = known
            .Select(name => (Name: name, Distance: Distance(given.ToUpperInvariant(), name.ToUpperInvariant())))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Name is not null && best.Distance <= limit ? best.Name : null;
    }

    /// <summary>A hint to append to a message, with a leading separator; empty where no name is near.</summary>
    public static string Hint(string given, IEnumerable<string> known) =>
        Find(given, known) is { } nearest ? $"; did you mean '{nearest}'?" : string.Empty;

    /// <summary>Letters to insert, remove, replace or swap with their neighbour until one text is the other.</summary>
    private static int Distance(string left, string right)
    {
        var beforeLast = new int[right.Length + 1];
        var last = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var row = new int[right.Length + 1];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = left[i - 1] == right[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), last[j - 1] + same);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last) = (last, row);
        }

        return last[right.Length];
    }
}
