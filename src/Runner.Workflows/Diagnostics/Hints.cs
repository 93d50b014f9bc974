using Runner.Jobs.Errors;

namespace Runner.Workflows.Diagnostics;

/// <summary>What we add to GitHub's messages.</summary>
internal static class Hints
{
    private const int MaxListed = 12;

    /// <summary>The name that was probably meant; else all names where they are few; else <c>null</c>.</summary>
    public static string? Nearest(string found, IReadOnlyCollection<string> known)
    {
        if (found.Length > 0 && NearestName.Find(found, known) is { } nearest)
        {
            return $"did you mean '{nearest}'?";
        }

        return known.Count is > 0 and <= MaxListed ? $"expected one of: {string.Join(", ", known)}" : null;
    }
}
