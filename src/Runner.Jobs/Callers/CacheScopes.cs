using System.Collections.Immutable;

namespace Runner.Jobs.Callers;

/// <summary>Which caches a run sees (docs.github.com, "Restrictions for accessing a cache").</summary>
public static class CacheScopes
{
    /// <summary>The run's own ref, then the base branch of its pull request, then the default branch; it saves to its own only.</summary>
    /// <param name="reference">Full ref of the run.</param>
    /// <param name="baseBranch">Base branch of a pull request, with or without <c>refs/heads/</c>; empty or <c>null</c>: none.</param>
    /// <param name="defaultBranch">The repository's default branch, likewise.</param>
    /// <param name="isFork">Whether the run is a fork's: it reads and saves nothing.</param>
    public static ImmutableArray<CacheScope> Of(string reference, string? baseBranch, string? defaultBranch, bool isFork)
    {
        ArgumentException.ThrowIfNullOrEmpty(reference);
        var others = new[] { baseBranch, defaultBranch }.Where(branch => !string.IsNullOrEmpty(branch)).Select(branch => Full(branch!));
        return
        [
            .. new[] { reference }.Concat(others)
                .Distinct(StringComparer.Ordinal)
                .Select(scope => new CacheScope(scope, CanWrite: scope == reference && !isFork)),
        ];
    }

    /// <summary>The same within a workflow's <c>cache-mode</c>; what is neither read nor written is no scope.</summary>
    public static ImmutableArray<CacheScope> Within(ImmutableArray<CacheScope> scopes, bool canRestore, bool canSave) =>
    [
        .. scopes.Select(scope => scope with { CanRead = scope.CanRead && canRestore, CanWrite = scope.CanWrite && canSave })
            .Where(scope => scope.CanRead || scope.CanWrite),
    ];

    private static string Full(string branch) => branch.StartsWith("refs/", StringComparison.Ordinal) ? branch : "refs/heads/" + branch;
}
