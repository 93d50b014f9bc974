using Runner.Jobs;
using Runner.Jobs.Callers;

namespace Runner.Emulator.Tokens;

/// <summary>What a token of the emulator is for. A token of one kind opens nothing of another.</summary>
internal enum TokenKind
{
    /// <summary>REST token of an App's installation: it administers runners.</summary>
    Installation,

    /// <summary>REST token of a job (<c>github.token</c>): it reads, administers no runners, and opens nothing once the job has ended.</summary>
    Repository,

    /// <summary>Registers runners of one organisation, repository or enterprise.</summary>
    Registration,

    /// <summary>Removes them.</summary>
    Remove,

    /// <summary>Administers the tenant after <c>runner-registration</c>.</summary>
    Admin,

    /// <summary>A message session of a scale set at its queue.</summary>
    ScaleSetQueue,

    /// <summary>A runner at the broker and at <c>acquirejob</c>.</summary>
    Runner,

    /// <summary>A job at the run, results and launch services.</summary>
    Job,

    /// <summary>Reads one archive of a repository.</summary>
    Archive,
}

/// <summary>What a valid token says.</summary>
internal sealed record TokenClaims
{
    public required TokenKind Kind { get; init; }

    /// <summary>Whom it is for: a scope, a runner's id, a job's id.</summary>
    public required string Subject { get; init; }

    /// <summary>Plan of a job's token.</summary>
    public PlanId Plan { get; init; }

    /// <summary>What a job's token says to the artifact and cache services; <c>null</c> for other tokens.</summary>
    public ServiceCaller? Services { get; init; }

    /// <summary>Full ref of a job's run.</summary>
    public string? Ref { get; init; }

    /// <summary>Whether it is the given job's own token.</summary>
    public bool IsFor(PlanId plan, JobId job) => Kind == TokenKind.Job && Plan == plan && Subject == job.ToString();
}
