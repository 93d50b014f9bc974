using System.Collections.Immutable;
using Runner.Jobs.Outcomes;

namespace Runner.Workflows.Planning;

/// <summary>
/// A run as it goes: which jobs are ready, what a result means for the others, how the run ends. No I/O and no clock; whoever drives it
/// queues what is <see cref="RunChanges.Ready"/> and brings the results back. Not thread-safe: one call at a time.
/// </summary>
public sealed class RunState
{
    private readonly RunPlan _plan;
    private readonly ImmutableArray<JobGroup> _groups;
    private bool _isCanceled;

    /// <summary>A run in which nothing has happened.</summary>
    public RunState(RunPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;
        _groups = [.. plan.Jobs.Select(job => new JobGroup(job))];
    }

    /// <summary>Whether all jobs have ended.</summary>
    public bool IsFinished => _groups.All(group => group.Result is not null);

    /// <summary>How the run ended: the worst of its jobs, Canceled where it was cancelled, Skipped where every job was skipped.</summary>
    /// <exception cref="InvalidOperationException">The run has not finished.</exception>
    public Conclusion Conclusion
    {
        get
        {
            var results = _groups
                .Select(group => group.Result?.Conclusion ?? throw new InvalidOperationException("The run has not finished"))
                .ToHashSet();
            return results switch
            {
                _ when _isCanceled || (results.Contains(Conclusion.Canceled) && !results.Contains(Conclusion.Failed)) => Conclusion.Canceled,
                _ when results.Contains(Conclusion.Failed) => Conclusion.Failed,
                _ => results.Contains(Conclusion.Succeeded) ? Conclusion.Succeeded : Conclusion.Skipped,
            };
        }
    }

    /// <summary>All jobs as they are now, in the plan's order.</summary>
    public ImmutableArray<RunJobView> Jobs() => [.. _groups.SelectMany(View)];

    /// <summary>Starts the run.</summary>
    public RunChanges Start() => Advance([], []);

    /// <summary>Takes the result of a job. A result that comes again changes nothing.</summary>
    /// <param name="id">The job.</param>
    /// <param name="conclusion">How it ended, before <c>continue-on-error</c> of the job.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <exception cref="ArgumentException">The run has no such job, or its turn has not come.</exception>
    public RunChanges Complete(PlannedJobId id, Conclusion conclusion, IEnumerable<KeyValuePair<string, string>> outputs)
    {
        var group = _groups.FirstOrDefault(candidate => string.Equals(candidate.Job.Id, id.JobKey, StringComparison.OrdinalIgnoreCase));
        var leg = group?.Legs.FirstOrDefault(candidate => candidate.Planned.Id.Index == id.Index);
        if (group is null || leg is null)
        {
            throw new ArgumentException($"The run has no job {id} that was started", nameof(id));
        }

        var concluded = new List<ConcludedJob>();
        var toCancel = new List<PlannedJobId>();
        if (leg.Status != RunJobStatus.Ended && group.Complete(leg, conclusion, outputs))
        {
            group.Cancel($"Cancelled because {leg.Planned.DisplayName} failed (strategy.fail-fast)", concluded, toCancel);
        }

        return Advance(concluded, toCancel);
    }

    /// <summary>Cancels the run: jobs whose <c>if</c> does not hold any more are cancelled, others (<c>always()</c>) go on.</summary>
    public RunChanges Cancel()
    {
        _isCanceled = true;
        var concluded = new List<ConcludedJob>();
        var toCancel = new List<PlannedJobId>();
        foreach (var group in _groups.Where(group => !group.IsWaiting && group.Result is null && Decide(group) is not JobDecision.Run))
        {
            group.Cancel("The run was cancelled", concluded, toCancel);
        }

        return Advance(concluded, toCancel);
    }

    // The groups stand in an order in which each is behind those that it needs: one pass settles all that follows.
    private RunChanges Advance(List<ConcludedJob> concluded, List<PlannedJobId> toCancel)
    {
        var ready = ImmutableArray.CreateBuilder<PlannedJob>();
        foreach (var group in _groups)
        {
            if (group.IsWaiting && Needed(group).All(need => need.Result is not null))
            {
                Settle(group, concluded);
            }

            ready.AddRange(group.Start());
        }

        return new RunChanges(ready.ToImmutable(), [.. concluded], [.. toCancel]);
    }

    private void Settle(JobGroup group, List<ConcludedJob> concluded)
    {
        switch (Decide(group))
        {
            case JobDecision.Run run:
                group.Begin(run);
                break;
            case JobDecision.Fail fail:
                concluded.Add(group.End(Conclusion.Failed, fail.Reason));
                break;
            case JobDecision.Skip when _isCanceled:
                concluded.Add(group.End(Conclusion.Canceled, "The run was cancelled"));
                break;
            case JobDecision.Skip:
                concluded.Add(group.End(Conclusion.Skipped, reason: null));
                break;
        }
    }

    private JobDecision Decide(JobGroup group) => JobPlanner.Decide(
        _plan, group.Job, Results(Needed(group)), Results(Ancestors(group)), _isCanceled);

    private static ImmutableArray<NeedResult> Results(IEnumerable<JobGroup> groups) => [.. groups.Select(group => group.Result).OfType<NeedResult>()];

    private IEnumerable<JobGroup> Needed(JobGroup group) =>
        group.Job.Needs.Select(id => _groups.First(candidate => string.Equals(candidate.Job.Id, id, StringComparison.OrdinalIgnoreCase)));

    private HashSet<JobGroup> Ancestors(JobGroup group)
    {
        var found = new HashSet<JobGroup>();
        var open = new Stack<JobGroup>(Needed(group));
        while (open.TryPop(out var next))
        {
            if (found.Add(next))
            {
                foreach (var need in Needed(next))
                {
                    open.Push(need);
                }
            }
        }

        return found;
    }

    private static IEnumerable<RunJobView> View(JobGroup group)
    {
        if (group.Legs.IsEmpty)
        {
            var status = group.IsWaiting ? RunJobStatus.Waiting : RunJobStatus.Ended;
            return [new RunJobView(new PlannedJobId(group.Job.Id, 0), group.WaitingName, status, group.Result?.Conclusion)];
        }

        return group.Legs.Select(leg => new RunJobView(leg.Planned.Id, leg.Planned.DisplayName, leg.Status, leg.Conclusion));
    }
}
