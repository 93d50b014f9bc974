using System.Collections.Immutable;

namespace Runner.Agent.Configuration;

/// <summary>Which labels of a pool say where its jobs run. Pure.</summary>
/// <remarks>
/// GitHub does not tell a runner which labels a job asked for: every job of a pool asked for some of the pool's. So those with a
/// meaning of their own (<c>docs/placement.md</c>, rule 3) hold for all of its jobs; the others are names of the pool.
/// </remarks>
internal static class PoolLabels
{
    private static readonly ImmutableHashSet<string> Standard = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase, "linux", "windows", "x64", "amd64", "arm64", "arm", "gpu");

    /// <summary>The labels that constrain the jobs of a pool, in order.</summary>
    /// <param name="labels">Labels of the pool.</param>
    /// <param name="platforms">Labels that are configured as platforms or mapped to node labels.</param>
    public static ImmutableArray<string> OfJobs(IEnumerable<string> labels, IReadOnlyCollection<string> platforms) =>
        [.. labels.Where(label => Standard.Contains(label) || label.Contains('=') || platforms.Contains(label, StringComparer.OrdinalIgnoreCase))];
}
