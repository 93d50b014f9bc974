using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs.Launch;
using Runner.Jobs.Streams;
using Runner.Jobs;

namespace Runner.Backends.Host;

/// <summary>What a job's folder says about the job.</summary>
internal sealed record HostJobRecord
{
    private const int MaxBytes = 1024 * 1024;

    public required LaunchRecord Launch { get; init; }

    /// <summary><see cref="HostOptions.Instance"/> of the agent that launched it; <c>null</c>: that of any.</summary>
    public string? Instance { get; init; }

    public DateTimeOffset? WorkerStarted { get; init; }

    /// <summary>The worker's process; <c>null</c> while it is being started.</summary>
    public ProcessId? Worker { get; init; }

    /// <summary>Whether the worker has got its payload to the end: before that it does nothing.</summary>
    public bool IsHandedOver { get; init; }

    /// <summary>The times known to the launcher.</summary>
    public LaunchTimes ToTimes() => new() { MessageSeen = Launch.MessageSeen, PodCreated = Launch.Created, ContainersStarted = WorkerStarted };

    /// <summary>Reads a record, or <c>null</c> where the file is missing, cut or no record.</summary>
    public static HostJobRecord? TryRead(string path)
    {
        try
        {
            return ForeignFile.TryRead(path, MaxBytes) is { } json ? JsonSerializer.Deserialize(json, HostJson.Default.HostJobRecord) : null;
        }
        catch (JsonException)
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

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(HostJobRecord))]
internal sealed partial class HostJson : JsonSerializerContext;
