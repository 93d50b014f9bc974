using System.Text.Json.Serialization;

namespace Runner.Protocol.Broker;

/// <summary>Routes of the broker, relative to <c>serverUrlV2</c> (<c>sessions-and-messages.md</c>).</summary>
public static class BrokerRoutes
{
    /// <summary><c>POST</c> creates, <c>DELETE</c> deletes the runner's session.</summary>
    public const string Session = "session";

    /// <summary><c>GET</c> is the long poll.</summary>
    public const string Message = "message";

    /// <summary><c>POST</c> acknowledges a job.</summary>
    public const string Acknowledge = "acknowledge";
}

/// <summary>Body of <c>POST session</c> (section 2).</summary>
public sealed record CreateSessionRequest
{
    /// <summary>All zeros: the server makes the id.</summary>
    public Guid SessionId { get; init; }

    /// <summary><c>{machine} (PID: {pid})</c>, for people.</summary>
    public string? OwnerName { get; init; }

    /// <summary>Who opens the session.</summary>
    public SessionAgent? Agent { get; init; }

    /// <summary>Whether a session key, if any, is to be wrapped with OAEP-SHA256.</summary>
    public bool UseFipsEncryption { get; init; }
}

/// <summary>A runner in a session.</summary>
public sealed record SessionAgent
{
    /// <summary>Id of the runner.</summary>
    public long Id { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its version.</summary>
    public string? Version { get; init; }

    /// <summary>Its machine, free text.</summary>
    public string? OsDescription { get; init; }
}

/// <summary>Reply of <c>POST session</c>.</summary>
public sealed record RunnerSession
{
    /// <summary>Parameter of every later call.</summary>
    public Guid SessionId { get; init; }

    /// <summary>Echoed.</summary>
    public string? OwnerName { get; init; }

    /// <summary>Echoed.</summary>
    public SessionAgent? Agent { get; init; }

    /// <summary>Where to poll instead, or <c>null</c>.</summary>
    public BrokerMigration? BrokerMigrationMessage { get; init; }
}

/// <summary>A message of the long poll (section 3.1).</summary>
public sealed record RunnerMessage
{
    /// <summary>Number of the message; may be 0.</summary>
    public long MessageId { get; init; }

    /// <summary>One of <see cref="RunnerMessageTypes"/>, in any case, or one that this version does not know.</summary>
    public string MessageType { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>JSON text.</summary>
    public string? Body { get; init; }

    /// <summary>Without the body.</summary>
    public override string ToString() => $"{MessageType} {MessageId}";
}

/// <summary>Names of the message types that matter to a runner (section 5).</summary>
public static class RunnerMessageTypes
{
    /// <summary>A job waits: <see cref="RunnerJobRequest"/>.</summary>
    public const string RunnerJobRequest = "RunnerJobRequest";

    /// <summary>A job, whole: the body is its message. Only from servers of the older protocol (V1).</summary>
    public const string PipelineAgentJobRequest = "PipelineAgentJobRequest";

    /// <summary>Somebody cancelled a job: <see cref="Broker.JobCancellation"/>.</summary>
    public const string JobCancellation = "JobCancellation";

    /// <summary>Poll elsewhere: <see cref="Broker.BrokerMigration"/>.</summary>
    public const string BrokerMigration = "BrokerMigration";

    /// <summary>Drop the cached token.</summary>
    public const string ForceTokenRefresh = "ForceTokenRefresh";
}

/// <summary>Body of a <c>RunnerJobRequest</c> (section 5.2).</summary>
public sealed record RunnerJobRequest
{
    /// <summary>Id of the message.</summary>
    public string? Id { get; init; }

    /// <summary>Names the job to <c>acquirejob</c> and <c>acknowledge</c>.</summary>
    [JsonPropertyName("runner_request_id")]
    public string? RunnerRequestId { get; init; }

    /// <summary>Whether to acknowledge before acquiring.</summary>
    [JsonPropertyName("should_acknowledge")]
    public bool ShouldAcknowledge { get; init; }

    /// <summary>Base of the run service; empty: a V1 job.</summary>
    [JsonPropertyName("run_service_url")]
    public string? RunServiceUrl { get; init; }

    /// <summary>Passed on as it came.</summary>
    [JsonPropertyName("billing_owner_id")]
    public string? BillingOwnerId { get; init; }

    /// <summary>The job's own message, where the server sends it at once (V1); <c>null</c>: the job is to be acquired.</summary>
    [JsonIgnore]
    public string? JobMessage { get; init; }

    /// <summary>Without the job's message: that holds secrets.</summary>
    public override string ToString() => $"{Id} {RunnerRequestId}";
}

/// <summary>Body of a <c>JobCancellation</c> (section 5.3).</summary>
public sealed record JobCancellation
{
    /// <summary>Which job.</summary>
    public Guid JobId { get; init; }

    /// <summary>How long the job may take to end.</summary>
    public TimeSpan Timeout { get; init; }
}

/// <summary>Body of a <c>BrokerMigration</c> (section 5.6).</summary>
public sealed record BrokerMigration
{
    /// <summary>Base address to poll.</summary>
    public string? BrokerBaseUrl { get; init; }
}

/// <summary>Body of <c>POST acknowledge</c> (section 6).</summary>
public sealed record AcknowledgeRequest
{
    /// <summary>The <c>runner_request_id</c> of the message.</summary>
    public string? RunnerRequestId { get; init; }
}

/// <summary>Body of a refusal by the broker (section 3.3).</summary>
public sealed record BrokerErrorBody
{
    /// <summary>What <see cref="Source"/> must be.</summary>
    public const string BrokerSource = "actions-broker-listener";

    /// <summary>Who speaks.</summary>
    public string? Source { get; init; }

    /// <summary>One of <see cref="BrokerErrorKinds"/>.</summary>
    public string? ErrorKind { get; init; }

    /// <summary>Status in the broker's own words.</summary>
    public int StatusCode { get; init; }

    /// <summary>For people.</summary>
    public string? ErrorMessage { get; init; }
}

/// <summary>Kinds of refusal by the broker (section 3.3).</summary>
public static class BrokerErrorKinds
{
    /// <summary>The runner was deleted.</summary>
    public const string RunnerNotFound = "RunnerNotFound";

    /// <summary>The announced version is no longer accepted.</summary>
    public const string RunnerVersionTooOld = "RunnerVersionTooOld";

    /// <summary>The hosted machine is gone.</summary>
    public const string HostedRunnerDeprovisioned = "HostedRunnerDeprovisioned";

    /// <summary>The session expired.</summary>
    public const string RunnerSessionInvalid = "RunnerSessionInvalid";

    /// <summary>The job to acknowledge went away.</summary>
    public const string AcknowledgeJobNotFound = "AcknowledgeJobNotFound";
}
