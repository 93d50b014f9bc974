using System.Collections.Immutable;
using Runner.Jobs.Callers;
using Runner.Workflows.Model.Parts;
using Runner.Workflows.Planning;

namespace Runner.Emulator.Tokens;

/// <summary>Where a run comes from, as far as its tokens tell of it.</summary>
internal sealed record RunOrigin
{
    /// <summary>The default branch: the emulator's repositories are given no other.</summary>
    public const string DefaultBranch = "main";

    /// <summary>The repository that stands for none.</summary>
    public const string NoRepository = "emulator/workflow";

    /// <summary><c>owner/repo</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>Whether it is public.</summary>
    public bool IsPublic { get; init; }

    /// <summary>The repository by which runners are chosen; <c>null</c> where whoever queued the run named none: it is everybody's.</summary>
    public string? RoutedRepository => Repository == NoRepository ? null : Repository;

    /// <summary>Full ref.</summary>
    public required string Ref { get; init; }

    /// <summary>Which caches it sees and where it saves.</summary>
    public required ImmutableArray<CacheScope> CacheScopes { get; init; }

    /// <summary>Of a run without a workflow.</summary>
    public static RunOrigin OfRawJob { get; } = Of(NoRepository, "refs/heads/main", null, isFork: false);

    /// <summary>Of a run.</summary>
    /// <param name="repository"><c>owner/repo</c>.</param>
    /// <param name="reference">Full ref.</param>
    /// <param name="target">Base branch of its pull request, or <c>null</c>.</param>
    /// <param name="isFork">Whether the pull request comes from a fork.</param>
    public static RunOrigin Of(string repository, string reference, string? target, bool isFork) => new()
    {
        Repository = repository,
        Ref = reference,
        CacheScopes = Runner.Jobs.Callers.CacheScopes.Of(reference, target, DefaultBranch, isFork),
    };

    /// <summary>The same within the <c>cache-mode</c> of a job.</summary>
    public RunOrigin For(PlannedJob planned) => planned.CacheAccess is { } access
        ? this with { CacheScopes = Runner.Jobs.Callers.CacheScopes.Within(CacheScopes, access.HasFlag(CacheAccess.Restore), access.HasFlag(CacheAccess.Save)) }
        : this;
}
