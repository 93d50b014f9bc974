using System.Collections.Immutable;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs.Concurrency;

namespace Runner.Workflows.Runs;

/// <summary>One workflow of a run as it goes: the run's own, or one that a job calls.</summary>
internal sealed class WorkflowState
{
    private readonly WorkflowScope _scope;
    private readonly ConcurrencyTurn _turn;
    private readonly ConcurrencyGroups _concurrency;
    private readonly IConcurrentRun _run;
    private readonly string _name;
    private readonly ImmutableArray<JobGroup> _groups;
    private readonly Dictionary<string, JobGroup> _byId;
    private bool _isCanceled;
    private bool _hasWaited;

    public WorkflowState(WorkflowScope scope, string name, ConcurrencyTurn? outer, ConcurrencyGroups concurrency, IConcurrentRun run)
    {
        _scope = scope;
        _name = name;
        _concurrency = concurrency;
        _run = run;
        _turn = new ConcurrencyTurn(scope.Concurrency, name, outer, concurrency, run);
        _groups = [.. scope.Jobs.Select(job => new JobGroup(job, scope))];
        _byId = _groups.ToDictionary(group => group.Job.Id, StringComparer.OrdinalIgnoreCase);
    }

    public bool IsFinished => _groups.All(group => group.Result is not null);

    /// <summary>How its jobs ended, as far as they have.</summary>
    public ImmutableArray<NeedResult> Results => ResultsOf(_groups);

    /// <summary>How it ended: the worst of its jobs, Canceled where it was cancelled, Skipped where every job was skipped.</summary>
    public Conclusion Conclusion
    {
        get
        {
            var results = _groups.Select(group => group.Result?.Conclusion ?? throw new InvalidOperationException("The run has not finished")).ToList();
            return _isCanceled ? Conclusion.Canceled : Conclusions.WorstOf(results);
        }
    }

    /// <summary>
    /// Brings it on as far as it goes by itself. The groups stand in an order in which each is behind those that it needs: one pass settles
    /// all that follows.
    /// </summary>
    public void Advance(ChangeList changes)
    {
        if (IsFinished)
        {
            _turn.End();
            return;
        }

        if (!HasTurn(changes))
        {
            return;
        }

        foreach (var group in _groups)
        {
            if (group.IsWaiting && Needed(group).All(need => need.Result is not null))
            {
                Settle(group, changes);
            }

            group.Advance(changes);
        }

        if (IsFinished)
        {
            _turn.End();
        }
    }

    /// <summary>Cancels it: jobs whose <c>if</c> does not hold any more are cancelled, others (<c>always()</c>) go on.</summary>
    public void Cancel(string reason, ChangeList changes)
    {
        _isCanceled = true;
        if (_turn.IsWaiting)
        {
            // Nothing of it has begun, so nothing is left that would have to be cleaned up.
            EndAll(reason, changes);
            return;
        }

        foreach (var group in _groups.Where(group => !group.IsWaiting && group.Result is null))
        {
            if (group.Legs.Any(leg => leg.Called is not null) || Decide(group) is not JobDecision.Run)
            {
                group.Cancel(reason, changes);
            }
        }
    }

    /// <summary>The group and the leg of a job, here or in a called workflow; <c>null</c>: there is none that was started.</summary>
    public (JobGroup Group, JobLeg Leg)? Find(PlannedJobId id)
    {
        foreach (var group in _groups)
        {
            foreach (var leg in group.Legs)
            {
                if (leg.Called is null && leg.Id.Index == id.Index && string.Equals(leg.Id.JobKey, id.JobKey, StringComparison.OrdinalIgnoreCase))
                {
                    return (group, leg);
                }

                if (leg.Called?.Find(id) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    /// <summary>All jobs as they are now, in the plan's order; a called workflow's in the place of the one that calls it.</summary>
    public IEnumerable<RunJobView> View() => _groups.SelectMany(View);

    private bool HasTurn(ChangeList changes)
    {
        var mayRun = _turn.Take();
        if (_turn is { CancelReason: { } reason, IsActedOn: false })
        {
            _turn.IsActedOn = true;
            if (mayRun)
            {
                Cancel(reason, changes);
            }
            else
            {
                _isCanceled = true;
                EndAll(reason, changes);
            }
        }

        if (_turn is { IsWaiting: true, Group: { } group } && !_hasWaited)
        {
            _hasWaited = true;
            changes.Waiting.Add(new WaitingJob(null, _name, group));
        }

        return mayRun;
    }

    private void EndAll(string reason, ChangeList changes)
    {
        foreach (var group in _groups.Where(group => group.Result is null))
        {
            group.End(Conclusion.Canceled, reason, changes);
        }

        _turn.End();
    }

    private void Settle(JobGroup group, ChangeList changes)
    {
        switch (Decide(group))
        {
            case JobDecision.Run run:
                group.Begin(run, NewLeg);
                break;
            case JobDecision.Fail fail:
                group.End(Conclusion.Failed, fail.Reason, changes);
                break;
            case JobDecision.Unknown unknown:
                group.Assume(unknown.Keys, changes);
                break;
            case JobDecision.Skip when _isCanceled:
                group.End(Conclusion.Canceled, "The run was cancelled", changes);
                break;
            case JobDecision.Skip:
                group.End(Conclusion.Skipped, reason: null, changes);
                break;
        }
    }

    private JobLeg NewLeg(PlannedLeg planned)
    {
        var turn = new ConcurrencyTurn(planned.Concurrency, planned.DisplayName, _turn, _concurrency, _run);
        return planned switch
        {
            PlannedLeg.Job job => new StepsLeg(job, turn),
            PlannedLeg.Call call => new CallLeg(call, turn, new WorkflowState(call.Scope, planned.DisplayName, turn, _concurrency, _run)),
            _ => throw new ArgumentException($"{planned.GetType().Name} is no leg", nameof(planned)),
        };
    }

    private JobDecision Decide(JobGroup group) => JobPlanner.Decide(
        _scope, group.Job, ResultsOf(Needed(group)), ResultsOf(Ancestors(group)), _isCanceled);

    private static ImmutableArray<NeedResult> ResultsOf(IEnumerable<JobGroup> groups) =>
        [.. groups.Select(group => group.Result).OfType<NeedResult>()];

    private IEnumerable<JobGroup> Needed(JobGroup group) => group.Job.Needs.Select(id => _byId[id]);

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
            return [new RunJobView(group.Id, group.WaitingName, status, group.Result?.Conclusion)];
        }

        return group.Legs.SelectMany(leg => leg.Called?.View() ?? [new RunJobView(leg.Id, leg.DisplayName, leg.Status, leg.Conclusion)]);
    }
}
