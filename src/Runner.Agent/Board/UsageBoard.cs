using System.Collections.Immutable;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Backends;

namespace Runner.Agent.Board;

/// <summary>What the last jobs used, by pool, repository, workflow and name: for metrics, and for whoever asks which requests would have done. Nothing is decided by it.</summary>
/// <param name="options">Whether it is measured.</param>
/// <param name="metrics">Counts it.</param>
internal sealed class UsageBoard(UsageOptions options, UsageMetrics metrics)
{
    /// <summary>So many jobs by name are kept; of more, those that ran longest ago are forgotten.</summary>
    public const int MaxNames = 200;

    /// <summary>So many runs of each are.</summary>
    public const int MaxRuns = 50;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Pool, string? Repository, string? Workflow, string Name), UsedJob> _jobs = [];

    /// <summary>Whether workers measure what jobs use.</summary>
    public bool IsMeasured => options.Enabled;

    /// <summary>A job is over. One that nobody measured says nothing, unless it ran out of memory.</summary>
    public void Ended(JobView job)
    {
        // Of a set-up container that had too little the job's own says nothing.
        var isOutOfMemory = job.Reason == VerdictReasons.Of(FailureReason.OutOfMemory) && job.Times.Started is not null;
        if (!IsMeasured || (job.Usage is null && !isOutOfMemory))
        {
            return;
        }

        metrics.Ended(job.Pool, job.Repository, job.Workflow, job.Name, job.Usage?.PeakMemoryBytes, job.Usage?.CpuSeconds);
        if (job.Repository is null)
        {
            return; // an adopted job whose message is not at hand: nobody knows which it was
        }

        var key = (job.Pool, job.Repository, job.Workflow, job.Name);
        lock (_gate)
        {
            var before = _jobs.GetValueOrDefault(key)?.Runs ?? [];
            var runs = before.Length < MaxRuns ? before : before.RemoveRange(0, before.Length - MaxRuns + 1);
            _jobs[key] = new UsedJob
            {
                Pool = job.Pool,
                Repository = job.Repository,
                Workflow = job.Workflow,
                Name = job.Name,
                Resources = job.Resources ?? _jobs.GetValueOrDefault(key)?.Resources,
                Runs = runs.Add(RunOf(job, isOutOfMemory)),
            };
            if (_jobs.Count > MaxNames)
            {
                _jobs.Remove(_jobs.MinBy(known => known.Value.Runs[^1].Ended).Key);
            }
        }
    }

    /// <summary>What is known, in order of the names.</summary>
    public ImmutableArray<UsedJob> Read()
    {
        lock (_gate)
        {
            return
            [
                .. _jobs.Values
                    .OrderBy(job => job.Pool, StringComparer.Ordinal).ThenBy(job => job.Repository, StringComparer.Ordinal)
                    .ThenBy(job => job.Workflow, StringComparer.Ordinal).ThenBy(job => job.Name, StringComparer.Ordinal),
            ];
        }
    }

    private static UsedRun RunOf(JobView job, bool isOutOfMemory)
    {
        var began = job.Times.Started ?? job.Times.FirstStep;
        var ended = job.Times.LastStep ?? job.Times.Ended;
        return new UsedRun
        {
            Ended = job.Times.Ended ?? default,
            Conclusion = job.Conclusion,
            Seconds = job.Usage?.Seconds ?? (began is null || ended is null ? null : Math.Max(0, (ended.Value - began.Value).TotalSeconds)),
            CpuSeconds = job.Usage?.CpuSeconds,
            PeakMemoryBytes = job.Usage?.PeakMemoryBytes,
            MemoryLimitBytes = job.Usage?.MemoryLimitBytes ?? (long?)job.Resources?.MemoryLimit,
            PeakStep = job.Usage?.PeakStep,
            IsOutOfMemory = isOutOfMemory,
        };
    }
}
