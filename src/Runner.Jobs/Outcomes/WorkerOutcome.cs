using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs.Secrets;

namespace Runner.Jobs.Outcomes;

/// <summary>
/// What a worker leaves behind when it ends: the termination message of its container, or a file on the host.
/// Written before the worker exits; a worker that leaves none has died, and its job has failed.
/// </summary>
public sealed record WorkerOutcome
{
    /// <summary>Most bytes that Kubernetes keeps of a termination message.</summary>
    public const int MaxBytes = 4096;

    private const int MaxReasonLength = 1024;
    private const int MinReasonLength = 16;

    /// <summary>How the job ended.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<Conclusion>))]
    public required Conclusion Conclusion { get; init; }

    /// <summary>Whether the worker told GitHub so. If not, whoever reads this must.</summary>
    public required bool IsReported { get; init; }

    /// <summary>Whether it failed because its place was taken away, as far as the worker knows.</summary>
    public bool IsRemoval { get; init; }

    /// <summary>Why the job failed where no step says it, or <c>null</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>When the worker's process started.</summary>
    public DateTimeOffset? WorkerStarted { get; init; }

    /// <summary>When the first step's process started; <c>null</c> where none did.</summary>
    public DateTimeOffset? FirstStep { get; init; }

    /// <summary>When the last step ended.</summary>
    public DateTimeOffset? LastStepEnded { get; init; }

    /// <summary>What the job used, where the launcher asked for that (<see cref="Launch.LaunchPayload.Usage"/>); <c>null</c>: nobody measured.</summary>
    public JobUsage? Usage { get; init; }

    /// <summary>The end of the job's log, where that is not at GitHub; <c>null</c>: it is, or nobody wants it there.</summary>
    public UnsentLog? Unsent { get; init; }

    /// <summary>Shows that the worker wrote it (<see cref="OutcomeProof"/>); <c>null</c>: nothing does.</summary>
    public string? Proof { get; init; }

    /// <summary>The outcome with its proof.</summary>
    /// <param name="key">The launch's key.</param>
    public WorkerOutcome Prove(Secret key) => this with { Proof = OutcomeProof.WordOf(key, Conclusion, IsReported) };

    /// <summary>The outcome as JSON, short enough for a termination message: one that is cut says nothing. The end of the log has what is left of it.</summary>
    /// <param name="maxBytes">What the message may have.</param>
    public byte[] ToJson(int maxBytes = MaxBytes)
    {
        var (outcome, json) = WithoutLog(maxBytes);
        return Unsent?.Within(maxBytes - json.Length) is { } unsent ? Serialize(outcome with { Unsent = unsent }) : json;
    }

    private (WorkerOutcome Outcome, byte[] Json) WithoutLog(int maxBytes)
    {
        for (var length = MaxReasonLength; ; length /= 2)
        {
            var outcome = this with { Unsent = null, Reason = Reason is { } text && text.Length > length ? text[..length] + "…" : Reason };
            var json = Serialize(outcome);
            if (json.Length <= maxBytes || length <= MinReasonLength)
            {
                return (outcome, json);
            }
        }
    }

    private static byte[] Serialize(WorkerOutcome outcome) => JsonSerializer.SerializeToUtf8Bytes(outcome, OutcomeJson.Default.WorkerOutcome);

    /// <summary>Reads what a worker left. False where it is empty, cut or no outcome.</summary>
    public static bool TryParse(string? json, out WorkerOutcome? outcome)
    {
        outcome = null;
        if (string.IsNullOrWhiteSpace(json))
        {
            return false;
        }

        try
        {
            outcome = JsonSerializer.Deserialize(json, OutcomeJson.Default.WorkerOutcome);
            outcome = outcome is null ? null : outcome with { Usage = outcome.Usage?.IfPlausible() };
            return outcome is not null;
        }
        catch (JsonException)
        {
            // A process that was killed while it wrote leaves half a file: that is the same as none.
            return false;
        }
    }
}
