using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Backends;
using Runner.Jobs.Errors;

namespace Runner.Agent.Reruns;

/// <summary>Writes down which jobs are owed a re-run, and knows the re-run when it comes.</summary>
internal sealed class RerunLedger(IAgentNotes notes, IEnumerable<PoolOptions> pools, AgentMetrics metrics, TimeProvider time, ILogger<RerunLedger> logger)
{
    private static readonly TimeSpan NoteLimit = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, RerunOptions> _options =
        pools.Where(pool => pool.Rerun is not null).ToDictionary(pool => pool.Name, pool => pool.Rerun!, StringComparer.Ordinal); // not null, by the line's beginning

    /// <summary>This process, as notes name their writer.</summary>
    public string Writer { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Whether any pool wants re-runs.</summary>
    public bool IsUsed => _options.Count > 0;

    /// <summary>Writes down that a job is owed a re-run, where it is; gives the verdict with what its author is told of it.</summary>
    public async Task<JobVerdict> OweAsync(JobLaunch launch, JobVerdict verdict)
    {
        var options = _options.GetValueOrDefault(launch.Pool);
        if (options is null || RunFacts.Of(launch.Job) is not { } facts || RerunRules.Cause(options, verdict, facts.Attempt) is not { } cause)
        {
            return verdict;
        }

        var before = await FindAsync(facts);
        var owed = new OwedRerun
        {
            Job = facts,
            Pool = launch.Pool,
            Cause = cause,
            Detail = RerunRules.Describe(cause, verdict.Message),
            MemoryFactor = (before?.MemoryFactor ?? 1) * (cause == RerunCause.Oom ? options.MemoryFactor : 1),
            Since = time.GetUtcNow(),
            Writer = Writer,
        };
        if (!await TryAsync("Writing down a re-run", token => notes.KeepAsync(owed.NoteName, owed.ToText(), token)))
        {
            return verdict;
        }

        metrics.RerunOwed(launch.Pool, cause);
        logger.RerunOwed(launch.JobId.ToString(), facts.Run, facts.Attempt, verdict.Reason);
        return verdict with { Message = $"{verdict.Message ?? "The job's place was lost"}. {RerunRules.Announce(options, facts.Attempt)}" };
    }

    /// <summary>Gives a job that is a re-run of ours what it needs, and its author the reason.</summary>
    public async Task<JobLaunch> PrepareAsync(JobLaunch launch)
    {
        var options = _options.GetValueOrDefault(launch.Pool);
        if (options is null || RunFacts.Of(launch.Job) is not { Attempt: > 1 } facts || await FindAsync(facts) is not { } owed)
        {
            return launch;
        }

        return launch with
        {
            Runner = launch.Runner with { Placement = [.. launch.Runner.Placement, RerunRules.Explain(owed)] },
            MoreMemory = owed.MemoryFactor > 1 ? new MoreMemory(owed.MemoryFactor, options.MemoryBound) : null,
        };
    }

    /// <summary>A job has ended: what made it run again is done with.</summary>
    public async Task SettleAsync(JobLaunch launch)
    {
        if (_options.ContainsKey(launch.Pool) && RunFacts.Of(launch.Job) is { Attempt: > 1 } facts && await FindAsync(facts) is { } owed)
        {
            await TryAsync("Removing a note", token => notes.RemoveAsync(owed.NoteName, token));
        }
    }

    // Of the attempt before this one.
    private async Task<OwedRerun?> FindAsync(RunFacts facts)
    {
        OwedRerun? found = null;
        if (facts.Attempt > 1)
        {
            await TryAsync("Reading notes", async token => found = (await notes.ListAsync(token)).Values.Select(OwedRerun.Parse).FirstOrDefault(owed =>
                owed is not null && owed.Job.Run == facts.Run && owed.Job.Attempt == facts.Attempt - 1
                && owed.Job.Repository == facts.Repository && owed.Job.JobName == facts.JobName));
        }

        return found;
    }

    // A job does not wait for its note, nor fail for it.
    private async Task<bool> TryAsync(string action, Func<CancellationToken, Task> call)
    {
        using var limit = new CancellationTokenSource(NoteLimit, time);
        try
        {
            await call(limit.Token);
            return true;
        }
        catch (Exception error) when (error is InfrastructureException or OperationCanceledException)
        {
            logger.RerunCallFailed(action, error.Message);
            return false;
        }
    }
}
