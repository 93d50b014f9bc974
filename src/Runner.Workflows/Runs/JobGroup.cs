using System.Collections.Immutable;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;

namespace Runner.Workflows.Runs;

/// <summary>A job of a workflow in a run, with the legs that it became.</summary>
internal sealed class JobGroup(WorkflowJob job, WorkflowScope scope)
{
    private readonly OrderedDictionary<string, string> _outputs = new(StringComparer.OrdinalIgnoreCase);
    private bool _failFast;
    private int _maxParallel;

    public WorkflowJob Job { get; } = job;

    public PlannedJobId Id { get; } = scope.IdOf(job, 0);

    public ImmutableArray<JobLeg> Legs { get; private set; } = [];

    public bool IsWaiting { get; private set; } = true;

    /// <summary>How it ended for those that need it; <c>null</c> while it has not.</summary>
    public NeedResult? Result { get; private set; }

    public string WaitingName => scope.NamePrefix + (Job.Name is StringToken { Value.Length: > 0 } name ? name.Value : Job.Id);

    public void Begin(JobDecision.Run decision, Func<PlannedLeg, JobLeg> newLeg)
    {
        IsWaiting = false;
        _failFast = decision.FailFast;
        _maxParallel = decision.MaxParallel > 0 ? decision.MaxParallel : int.MaxValue;
        Legs = [.. decision.Legs.Select(newLeg)];
    }

    /// <summary>Ends it without any leg.</summary>
    public void End(Conclusion conclusion, string? reason, ChangeList changes)
    {
        IsWaiting = false;
        Result = new NeedResult(Job.Id, conclusion, []);
        changes.Concluded.Add(new ConcludedJob(Id, WaitingName, conclusion, reason));
    }

    /// <summary>Ends it, in a preview, as one that nothing is known of but that jobs are taken for such that succeed.</summary>
    public void Assume(ImmutableArray<string> unknown, ChangeList changes)
    {
        IsWaiting = false;
        Result = new NeedResult(Job.Id, Conclusion.Succeeded, []);
        changes.Concluded.Add(new ConcludedJob(Id, WaitingName, Conclusion.Succeeded, Reason: null) { Unknown = unknown });
    }

    /// <summary>Starts the legs that may start now, and brings those on that call a workflow.</summary>
    public void Advance(ChangeList changes)
    {
        foreach (var leg in Legs)
        {
            TakeCancel(leg, changes);
            if (leg.Status == RunJobStatus.Held && HasRoomFor(leg))
            {
                Start(leg, changes);
            }

            leg.Advance(changes);
            TakeResult(leg, changes);
        }
    }

    /// <summary>Takes the result of a leg, and what it means for the others: one failure may be enough.</summary>
    public void Complete(JobLeg leg, Conclusion conclusion, IEnumerable<KeyValuePair<string, string>> outputs, ChangeList changes)
    {
        if (leg.Status == RunJobStatus.Ended)
        {
            return;
        }

        leg.End(conclusion, outputs);
        TakeResult(leg, changes);
    }

    /// <summary>Cancels all legs: those not started end at once, the others are to be stopped by the caller.</summary>
    public void Cancel(string reason, ChangeList changes)
    {
        foreach (var leg in Legs)
        {
            leg.Cancel(reason, changes);
        }

        EndWithLegs();
    }

    // A newer one of its concurrency group may want it away.
    private static void TakeCancel(JobLeg leg, ChangeList changes)
    {
        if (leg is { Status: not RunJobStatus.Ended, Turn: { CancelReason: { } reason, IsActedOn: false } })
        {
            leg.Turn.IsActedOn = true;
            leg.Cancel(reason, changes);
        }
    }

    private bool HasRoomFor(JobLeg leg) =>
        leg.Turn.IsWaiting || Legs.Count(other => other.Status == RunJobStatus.Started || (other.Status == RunJobStatus.Held && other.Turn.IsWaiting)) < _maxParallel;

    private static void Start(JobLeg leg, ChangeList changes)
    {
        var waited = leg.Turn.IsWaiting;
        if (leg.Turn.Take())
        {
            leg.Start(changes);
            return;
        }

        TakeCancel(leg, changes);
        if (leg.Turn is { IsWaiting: true, Group: { } group } && !waited)
        {
            changes.Waiting.Add(new WaitingJob(leg.Id, leg.DisplayName, group));
        }
    }

    private void TakeResult(JobLeg leg, ChangeList changes)
    {
        if (leg.Status != RunJobStatus.Ended || Result is not null)
        {
            return;
        }

        foreach (var (name, value) in leg.TakeOutputs())
        {
            // Of several legs the last that has something to say wins.
            if (value.Length > 0 || !_outputs.ContainsKey(name))
            {
                _outputs[name] = value;
            }
        }

        if (_failFast && leg.CountsAs == Conclusion.Failed)
        {
            _failFast = false;
            Cancel($"Cancelled because {leg.DisplayName} failed (strategy.fail-fast)", changes);
        }

        EndWithLegs();
    }

    private void EndWithLegs()
    {
        if (Result is null && Legs.All(leg => leg.Status == RunJobStatus.Ended))
        {
            Result = new NeedResult(Job.Id, Conclusions.WorstOf(Legs.Select(leg => leg.CountsAs)), [.. _outputs]);
        }
    }
}
