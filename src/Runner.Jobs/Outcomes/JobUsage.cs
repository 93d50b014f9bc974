namespace Runner.Jobs.Outcomes;

/// <summary>What a job used of its place, as its worker measured it. <c>null</c>: that could not be measured.</summary>
public sealed record JobUsage
{
    /// <summary>Time of processors, in seconds: of the steps, and of the worker for them.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>Most memory at a moment, less the cache of files that would be given back at once.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Most memory that it might have had; <c>null</c>: as much as the machine has.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Name of the step with the most memory, masked and cut.</summary>
    public string? PeakStep { get; init; }
}
