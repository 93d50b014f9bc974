using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Protocol.Json;

namespace Runner.Protocol.RunService;

/// <summary>Routes of the run service, relative to its base address; all are <c>POST</c> (<c>run-service.md</c>).</summary>
public static class RunServiceRoutes
{
    /// <summary>Gives the job message and locks the job.</summary>
    public const string AcquireJob = "acquirejob";

    /// <summary>Prolongs the lock.</summary>
    public const string RenewJob = "renewjob";

    /// <summary>Ends the job.</summary>
    public const string CompleteJob = "completejob";
}

/// <summary>Body of <c>acquirejob</c> (section 2); the reply is the job message.</summary>
public sealed record AcquireJobRequest
{
    /// <summary>The <c>runner_request_id</c> of the message.</summary>
    public string? JobMessageId { get; init; }

    /// <summary><c>Linux</c>, <c>Windows</c> or <c>macOS</c>.</summary>
    [JsonPropertyName("runnerOS")]
    public string? RunnerOs { get; init; }

    /// <summary>As it came with the message.</summary>
    public string? BillingOwnerId { get; init; }
}

/// <summary>Body of <c>renewjob</c> (section 3).</summary>
public sealed record RenewJobRequest
{
    /// <summary>Plan of the job.</summary>
    public PlanId PlanId { get; init; }

    /// <summary>The job.</summary>
    public JobId JobId { get; init; }
}

/// <summary>Reply of <c>renewjob</c>.</summary>
public sealed record RenewJobResponse
{
    /// <summary>The job is ours until then.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset LockedUntil { get; init; }
}

/// <summary>Body of a refusal by the run service (section 1). The clients go by its number, not by the HTTP status.</summary>
public sealed record RunServiceErrorBody
{
    /// <summary>What <see cref="Source"/> must be.</summary>
    public const string RunServiceSource = "actions-run-service";

    /// <summary>Who speaks.</summary>
    public string? Source { get; init; }

    /// <summary>404: gone, 409: taken by another runner, 422: cannot be processed; others pass.</summary>
    public int StatusCode { get; init; }

    /// <summary>For people.</summary>
    public string? ErrorMessage { get; init; }
}
