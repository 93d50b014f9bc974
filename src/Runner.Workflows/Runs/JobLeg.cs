using System.Collections.Immutable;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Planning;
using Runner.Workflows.Planning.Calls;
using Runner.Workflows.Runs.Concurrency;

namespace Runner.Workflows.Runs;

/// <summary>One leg of a job in a run, and how far it is.</summary>
internal abstract class JobLeg(PlannedLeg planned, ConcurrencyTurn turn)
{
    private ImmutableArray<KeyValuePair<string, string>> _outputs = [];

    public PlannedJobId Id => planned.Id;

    public string DisplayName => planned.DisplayName;

    public ConcurrencyTurn Turn { get; } = turn;

    public RunJobStatus Status { get; protected set; } = RunJobStatus.Held;

    public Conclusion? Conclusion { get; private set; }

    /// <summary>What the conclusion means for the run: a failure that <c>continue-on-error</c> allows is a success.</summary>
    public Conclusion CountsAs => Conclusion switch
    {
        Jobs.Outcomes.Conclusion.Failed or Jobs.Outcomes.Conclusion.Abandoned =>
            ContinuesOnError ? Jobs.Outcomes.Conclusion.Succeeded : Jobs.Outcomes.Conclusion.Failed,
        Jobs.Outcomes.Conclusion.SucceededWithIssues => Jobs.Outcomes.Conclusion.Succeeded,
        { } other => other,
        null => throw new InvalidOperationException($"Job {Id} has not ended"),
    };

    protected virtual bool ContinuesOnError => false;

    /// <summary>The jobs of a called workflow, or <c>null</c> for a leg that is a job itself.</summary>
    public virtual WorkflowState? Called => null;

    /// <summary>Starts it: its turn has come.</summary>
    public abstract void Start(ChangeList changes);

    /// <summary>Asks it to stop; what has not started ends at once.</summary>
    public virtual void Cancel(string reason, ChangeList changes)
    {
        if (Status == RunJobStatus.Started)
        {
            changes.ToCancel.Add(new JobToCancel(Id, reason));
        }
        else if (Status == RunJobStatus.Held)
        {
            End(Jobs.Outcomes.Conclusion.Canceled, []);
            changes.Concluded.Add(new ConcludedJob(Id, DisplayName, Jobs.Outcomes.Conclusion.Canceled, reason));
        }
    }

    /// <summary>Brings on what is inside of it.</summary>
    public virtual void Advance(ChangeList changes)
    {
    }

    /// <summary>Its outputs, to be had once: nobody counts them twice.</summary>
    public ImmutableArray<KeyValuePair<string, string>> TakeOutputs()
    {
        var outputs = _outputs;
        _outputs = [];
        return outputs;
    }

    public void End(Conclusion conclusion, IEnumerable<KeyValuePair<string, string>> outputs)
    {
        Status = RunJobStatus.Ended;
        Conclusion = conclusion;
        _outputs = [.. outputs];
        Turn.End();
    }
}

/// <summary>A leg with steps: whoever drives the run runs it.</summary>
internal sealed class StepsLeg(PlannedLeg.Job planned, ConcurrencyTurn turn) : JobLeg(planned, turn)
{
    protected override bool ContinuesOnError => planned.Planned.ContinueOnError;

    public override void Start(ChangeList changes)
    {
        Status = RunJobStatus.Started;
        changes.Ready.Add(planned.Planned);
    }
}

/// <summary>A leg that calls a workflow: it ends with the last of that workflow's jobs.</summary>
internal sealed class CallLeg(PlannedLeg.Call planned, ConcurrencyTurn turn, WorkflowState called) : JobLeg(planned, turn)
{
    public override WorkflowState Called => called;

    public override void Start(ChangeList changes)
    {
        Status = RunJobStatus.Started;
        Advance(changes);
    }

    public override void Cancel(string reason, ChangeList changes)
    {
        if (Status != RunJobStatus.Started)
        {
            base.Cancel(reason, changes);
            return;
        }

        called.Cancel(reason, changes);
        Advance(changes);
    }

    public override void Advance(ChangeList changes)
    {
        if (Status != RunJobStatus.Started)
        {
            return;
        }

        called.Advance(changes);
        if (called.IsFinished)
        {
            EndWithJobs(changes);
        }
    }

    private void EndWithJobs(ChangeList changes)
    {
        try
        {
            End(called.Conclusion, CallPlanner.Outputs(planned.Scope, called.Results));
        }
        catch (WorkflowException problem)
        {
            End(Jobs.Outcomes.Conclusion.Failed, []);
            changes.Concluded.Add(new ConcludedJob(Id, DisplayName, Jobs.Outcomes.Conclusion.Failed, $"Error when evaluating the outputs of '{DisplayName}'. {problem.Message}"));
        }
    }
}
