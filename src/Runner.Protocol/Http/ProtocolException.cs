namespace Runner.Protocol.Http;

/// <summary>
/// A service of GitHub's understood a call and refused it: asking again gives the same answer, the caller decides what to do.
/// Failures that pass are <see cref="Jobs.Errors.InfrastructureException"/>.
/// </summary>
/// <remarks>The message holds the route, the status and the request id for GitHub's support; never a token.</remarks>
public sealed class ProtocolException : Exception
{
    /// <summary>A refusal.</summary>
    public ProtocolException(ProtocolErrorKind kind, string message)
        : base(message) => Kind = kind;

    /// <summary>A reply that could not be used, with the error that showed it.</summary>
    public ProtocolException(ProtocolErrorKind kind, string message, Exception inner)
        : base(message, inner) => Kind = kind;

    /// <summary>What the refusal means.</summary>
    public ProtocolErrorKind Kind { get; }

    /// <summary>Status of the answer: the service's own number where the body has one, else HTTP's.</summary>
    public int? StatusCode { get; init; }
}

/// <summary>What a refusal means.</summary>
public enum ProtocolErrorKind
{
    /// <summary>Refused for a reason that we do not know.</summary>
    Refused,

    /// <summary>The token is not accepted, a fresh one neither (401).</summary>
    Unauthorized,

    /// <summary>The token does not allow this (403).</summary>
    Forbidden,

    /// <summary>The runner's registration was deleted (<c>invalid_client</c>).</summary>
    InvalidClient,

    /// <summary>Our clock is more than five minutes off.</summary>
    ClockSkew,

    /// <summary>The runner was deleted.</summary>
    RunnerNotFound,

    /// <summary>The announced version is no longer accepted.</summary>
    VersionTooOld,

    /// <summary>The hosted machine is gone.</summary>
    RunnerDeprovisioned,

    /// <summary>The session expired: make a new one.</summary>
    SessionInvalid,

    /// <summary>Another session of this runner is open (409).</summary>
    SessionConflict,

    /// <summary>The job to acknowledge went away.</summary>
    AcknowledgeJobNotFound,

    /// <summary>The job is gone, or no longer ours (404).</summary>
    JobNotFound,

    /// <summary>Another runner took the job (409).</summary>
    JobTaken,

    /// <summary>The job cannot be processed (422).</summary>
    JobNotProcessable,

    /// <summary>The blob to append to does not exist (404).</summary>
    BlobNotFound,

    /// <summary>The blob is longer or shorter than the writer thinks (412), or sealed (409).</summary>
    BlobChanged,

    /// <summary>An action does not exist, or may not be used (422).</summary>
    ActionNotResolved,

    /// <summary>The archive of an action does not exist (404).</summary>
    ArchiveNotFound,

    /// <summary>There is no such scale set, or no such session of it (404).</summary>
    ScaleSetNotFound,

    /// <summary>The name of a runner is taken (409).</summary>
    RunnerNameTaken,

    /// <summary>The runner has a job, so it is not removed.</summary>
    RunnerBusy,

    /// <summary>The server has no such service: it is of another kind, or too old.</summary>
    ResourceUnknown,

    /// <summary>Too many calls (429); only where the service is not to be asked again.</summary>
    RateLimited,

    /// <summary>The answer is not what the protocol says.</summary>
    BadReply,
}
