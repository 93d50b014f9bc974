using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Jobs.Secrets;
using ContainerListResponse = Docker.DotNet.Models.ContainerListResponse;

namespace Runner.Backends.Docker;

/// <summary>Labels of what the backend makes, by which it is found again. They hold ids only.</summary>
internal static class DockerLabels
{
    public const string Job = "act.nektos.com/job-id";
    public const string Instance = "act.nektos.com/instance";
    public const string LauncherProcess = "act.nektos.com/launcher-pid";
    public const string LauncherStart = "act.nektos.com/launcher-start";

    /// <summary>On the job's own container, if its worker reports to GitHub and so outlives its launcher: what a successor must know.</summary>
    public const string Launch = "act.nektos.com/launch";

    /// <summary>On what holds Node.js for all jobs: the name of its version. Such things belong to no job and to no launcher.</summary>
    public const string Externals = "act.nektos.com/externals";

    private const string KeptPrefix = "runner-kept-";

    /// <summary>The labels of a job's things.</summary>
    public static Dictionary<string, string> Of(JobId job, string instance, ProcessMark launcher) => new(StringComparer.Ordinal)
    {
        [Job] = job.ToString(),
        [Instance] = instance,
        [LauncherProcess] = launcher.Pid.ToString(CultureInfo.InvariantCulture),
        [LauncherStart] = launcher.Start.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The label by which a job can be adopted.</summary>
    public static string LaunchRecordOf(JobLaunch launch, DateTimeOffset created, Secret outcomeKey) =>
        JsonSerializer.Serialize(LaunchRecord.Of(launch, created, outcomeKey), DockerJson.Default.LaunchRecord);

    /// <summary>What a container says of its job's launch; <c>null</c>: it is no job's own container, or its job ends with its launcher.</summary>
    public static LaunchRecord? ReadLaunch(IDictionary<string, string> labels)
    {
        try
        {
            return labels.TryGetValue(Launch, out var json) ? JsonSerializer.Deserialize(json, DockerJson.Default.LaunchRecord) : null;
        }
        catch (JsonException)
        {
            return null; // of another version: a leftover like any other
        }
    }

    /// <summary>Name of a container that stays for people to look at, until the same job is run again or somebody removes it.</summary>
    public static string KeptName(string name) => KeptPrefix + DockerSpecBuilder.SafeName(name);

    /// <summary>Whether it is such a container.</summary>
    public static bool IsKept(ContainerListResponse container) =>
        container.Names?.Any(name => name.StartsWith("/" + KeptPrefix, StringComparison.Ordinal)) == true;

    /// <summary>Whether a thing's launcher, of this machine, is gone.</summary>
    public static bool IsLeftOver(IDictionary<string, string> labels) =>
        labels.TryGetValue(LauncherProcess, out var pid) && labels.TryGetValue(LauncherStart, out var start)
        && int.TryParse(pid, CultureInfo.InvariantCulture, out var process) && long.TryParse(start, CultureInfo.InvariantCulture, out var ticks)
        && !new ProcessMark(process, ticks).IsAlive();
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(LaunchRecord))]
internal sealed partial class DockerJson : JsonSerializerContext;
