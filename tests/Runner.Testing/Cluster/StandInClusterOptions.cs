namespace Runner.Testing.Cluster;

/// <summary>How the stand-in behaves.</summary>
public sealed record StandInClusterOptions
{
    /// <summary>The one namespace that there is.</summary>
    public string Namespace { get; init; } = "jobs";

    /// <summary>Version that the API server names.</summary>
    public string Version { get; init; } = "v1.31.4";

    /// <summary>How long each answer takes at least.</summary>
    public TimeSpan AnswerTime { get; init; } = TimeSpan.Zero;

    /// <summary>How long a pod waits for its node.</summary>
    public TimeSpan SchedulingTime { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long the kubelet takes for each stage of a pod's start.</summary>
    public TimeSpan StageTime { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a worker works when it is not held.</summary>
    public TimeSpan WorkTime { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long after an object what it owned is removed.</summary>
    public TimeSpan GarbageTime { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a watch that wants bookmarks gets one.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>After how many events on average a watch is cut, in the middle of one every other time; <c>null</c>: never.</summary>
    public int? CutWatchAfter { get; init; }

    /// <summary>Each so-manieth watch is told that its version expired; <c>null</c>: only where it did.</summary>
    public int? ExpireEvery { get; init; }

    /// <summary>Fewest changes that the history keeps.</summary>
    public int KeptChanges { get; init; } = 4000;

    /// <summary>Whether jobs wait in their pods until <see cref="StandInCluster.LetGo"/>.</summary>
    public bool HoldsJobs { get; init; }
}
