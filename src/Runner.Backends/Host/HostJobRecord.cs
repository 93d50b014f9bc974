using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;

namespace Runner.Backends.Host;

/// <summary>What a job's folder says about the job, so that another agent can adopt it. It holds ids and times, nothing secret.</summary>
internal sealed record HostJobRecord
{
    public required JobId JobId { get; init; }

    public required PlanId PlanId { get; init; }

    public string JobDisplayName { get; init; } = string.Empty;

    public string JobName { get; init; } = string.Empty;

    public required RunnerIdentity Runner { get; init; }

    public ImmutableArray<string> Labels { get; init; } = [];

    public string Pool { get; init; } = "default";

    public int Attempt { get; init; }

    public required DateTimeOffset MessageSeen { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? WorkerStarted { get; init; }

    /// <summary>The worker's process; <c>null</c> while it is being started.</summary>
    public ProcessId? Worker { get; init; }

    /// <summary>The record of a launch whose worker is not started yet.</summary>
    public static HostJobRecord Of(JobLaunch launch, DateTimeOffset created) => new()
    {
        JobId = launch.JobId,
        PlanId = launch.Job.Plan.PlanId,
        JobDisplayName = launch.Job.JobDisplayName,
        JobName = launch.Job.JobName,
        Runner = launch.Runner,
        Labels = launch.Labels,
        Pool = launch.Pool,
        Attempt = launch.Attempt,
        MessageSeen = launch.MessageSeen,
        Created = created,
    };

    /// <summary>The launch as far as it can be told from here: the job message has its ids and names only.</summary>
    public JobLaunch ToLaunch() => new()
    {
        Job = new JobMessage
        {
            JobId = JobId,
            Plan = new PlanReference { PlanId = PlanId },
            JobDisplayName = JobDisplayName,
            JobName = JobName,
        },
        Runner = Runner,
        Labels = Labels,
        Pool = Pool,
        Attempt = Attempt,
        MessageSeen = MessageSeen,
    };

    /// <summary>The times known to the launcher.</summary>
    public LaunchTimes ToTimes() => new() { MessageSeen = MessageSeen, PodCreated = Created, ContainersStarted = WorkerStarted };

    /// <summary>Reads a record, or <c>null</c> where the file is missing or cut.</summary>
    public static HostJobRecord? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), HostJson.Default.HostJobRecord);
        }
        catch (Exception exception) when (exception is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            // A launcher that was killed between making the folder and writing the record leaves this; the folder is of no use then.
            return null;
        }
    }

    /// <summary>Writes the record so that a reader sees the old one or the new one, never a part.</summary>
    public void Write(string path)
    {
        var next = path + ".new";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(this, HostJson.Default.HostJobRecord));
        File.Move(next, path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HostJobRecord))]
internal sealed partial class HostJson : JsonSerializerContext;
