namespace Runner.Jobs.Outcomes;

/// <summary>What a job used of its place, as its worker measured it. <c>null</c>: that could not be measured.</summary>
public sealed record JobUsage
{
    // More than any machine has, and little enough for sums.
    private const double MostSeconds = 1e9;
    private const long MostBytes = 1L << 50;

    /// <summary>For how long it was measured, in seconds.</summary>
    public double? Seconds { get; init; }

    /// <summary>Time of processors, in seconds: of the steps, and of the worker for them.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>Most memory at a moment, less the cache of files that would be given back at once.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Most memory that it might have had; <c>null</c>: as much as the machine has.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Name of the step with the most memory, masked and cut.</summary>
    public string? PeakStep { get; init; }

    /// <summary>Itself, if a place can have been used so, else <c>null</c>: numbers of an outcome are not proved (<see cref="OutcomeProof"/>), and are shown and summed up.</summary>
    public JobUsage? IfPlausible() =>
        AreSeconds(Seconds) && AreSeconds(CpuSeconds) && AreBytes(PeakMemoryBytes) && AreBytes(MemoryLimitBytes) ? this : null;

    private static bool AreSeconds(double? time) => time is null or (>= 0 and <= MostSeconds);

    private static bool AreBytes(long? count) => count is null or (>= 0 and <= MostBytes);
}
