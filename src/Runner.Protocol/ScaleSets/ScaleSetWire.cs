using System.Text.Json.Serialization;
using Runner.Protocol.Json;

namespace Runner.Protocol.ScaleSets;

/// <summary>A scale set (<c>scaleset.md</c> section 4). In a request, what is <c>null</c> is left as it is.</summary>
public sealed record RunnerScaleSet
{
    /// <summary>Given by the service.</summary>
    public int? Id { get; init; }

    /// <summary>Its name; also its one label where it is given none.</summary>
    public string? Name { get; init; }

    /// <summary>Group of its runners.</summary>
    public int? RunnerGroupId { get; init; }

    /// <summary>Name of that group.</summary>
    public string? RunnerGroupName { get; init; }

    /// <summary>A job goes to the set when all its labels are among these.</summary>
    public IReadOnlyList<ScaleSetLabel>? Labels { get; init; }

    /// <summary>Settings of its runners.</summary>
    [JsonPropertyName("RunnerSetting")]
    public ScaleSetRunnerSetting? RunnerSetting { get; init; }

    /// <summary>When it was made.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset CreatedOn { get; init; }

    /// <summary>Given by the service.</summary>
    public string? RunnerJitConfigUrl { get; init; }

    /// <summary>Its jobs and runners, counted.</summary>
    public ScaleSetStatistics? Statistics { get; init; }
}

/// <summary>A label of a scale set.</summary>
/// <param name="Type"><c>System</c>.</param>
/// <param name="Name">As jobs ask for it.</param>
public sealed record ScaleSetLabel(string? Type, string? Name);

/// <summary>Settings of a set's runners.</summary>
public sealed record ScaleSetRunnerSetting
{
    /// <summary>Whether they are never updated.</summary>
    public bool DisableUpdate { get; init; }
}

/// <summary>Jobs and runners of a set (section 8).</summary>
public sealed record ScaleSetStatistics
{
    /// <summary>Offered to the set.</summary>
    public int TotalAvailableJobs { get; init; }

    /// <summary>Acquired and not assigned yet.</summary>
    public int TotalAcquiredJobs { get; init; }

    /// <summary>Assigned to the set; those that run are among them.</summary>
    public int TotalAssignedJobs { get; init; }

    /// <summary>Had by a runner.</summary>
    public int TotalRunningJobs { get; init; }

    /// <summary>Registered.</summary>
    public int TotalRegisteredRunners { get; init; }

    /// <summary>With a job.</summary>
    public int TotalBusyRunners { get; init; }

    /// <summary>Without one.</summary>
    public int TotalIdleRunners { get; init; }
}

/// <summary>A list as the service gives it.</summary>
public sealed record ScaleSetList<T>
{
    /// <summary>How many there are.</summary>
    public int Count { get; init; }

    /// <summary>They.</summary>
    public IReadOnlyList<T> Value { get; init; } = [];
}

/// <summary>A runner group (section 3).</summary>
public sealed record ScaleSetGroup
{
    /// <summary>Number.</summary>
    public int Id { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Runners in it.</summary>
    public int Size { get; init; }

    /// <summary>Whether it is the default one.</summary>
    public bool IsDefaultGroup { get; init; }
}

/// <summary>Body of <c>generatejitconfig</c> (section 10).</summary>
public sealed record ScaleSetJitRequest
{
    /// <summary>Name of the runner.</summary>
    public string? Name { get; init; }

    /// <summary>Folder of its work.</summary>
    public string? WorkFolder { get; init; }
}

/// <summary>Reply of <c>generatejitconfig</c>.</summary>
public sealed record ScaleSetJitResponse
{
    /// <summary>Who was registered.</summary>
    public ScaleSetRunner? Runner { get; init; }

    /// <summary>The JIT configuration.</summary>
    [JsonPropertyName("encodedJITConfig")]
    public string? EncodedJitConfig { get; init; }
}

/// <summary>A runner of a set.</summary>
public sealed record ScaleSetRunner
{
    /// <summary>Number.</summary>
    public long Id { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Its set.</summary>
    public int RunnerScaleSetId { get; init; }
}

/// <summary>An error of the service (section 2).</summary>
public sealed record ScaleSetErrorBody
{
    /// <summary>Name of an exception, which holds one of <see cref="ScaleSetErrors"/>.</summary>
    public string? TypeName { get; init; }

    /// <summary>For people.</summary>
    public string? Message { get; init; }
}

/// <summary>Parts of <see cref="ScaleSetErrorBody.TypeName"/> that are known.</summary>
public static class ScaleSetErrors
{
    /// <summary>The name of a runner is taken.</summary>
    public const string AgentExists = "AgentExistsException";

    /// <summary>There is no such runner.</summary>
    public const string AgentNotFound = "AgentNotFoundException";

    /// <summary>The runner has a job.</summary>
    public const string JobStillRunning = "JobStillRunningException";
}
