using System.Collections.Immutable;

namespace Runner.Jobs.Callers;

/// <summary>Who calls a service of artifacts or caches: the job that a runtime token is of.</summary>
public sealed record ServiceCaller
{
    /// <summary>Id of the run (<c>workflow_run_backend_id</c>): artifacts belong to it.</summary>
    public required string Run { get; init; }

    /// <summary>Id of the job (<c>workflow_job_run_backend_id</c>).</summary>
    public required string Job { get; init; }

    /// <summary><c>owner/repo</c>: caches belong to it.</summary>
    public required string Repository { get; init; }

    /// <summary>Where it finds caches, the nearest first, and where it may save.</summary>
    public required ImmutableArray<CacheScope> Scopes { get; init; }
}

/// <summary>A ref whose caches a job sees.</summary>
/// <param name="Ref">Full ref, such as <c>refs/heads/main</c>.</param>
/// <param name="CanWrite">Whether the job saves there.</param>
public sealed record CacheScope(string Ref, bool CanWrite)
{
    /// <summary>Whether the job finds caches there. Default true.</summary>
    public bool CanRead { get; init; } = true;
}
