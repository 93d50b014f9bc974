namespace Runner.Jobs.Launch;

/// <summary>The worker measures what the job uses of processors and memory, says it at the end of the job's log, and tells its launcher.</summary>
public sealed record UsageReport
{
    /// <summary>Whether a table of the steps stands in the job's summary, too.</summary>
    public required bool InSummary { get; init; }
}
