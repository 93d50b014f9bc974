using System.Collections.Immutable;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs.Concurrency;

namespace Runner.Workflows.Runs;

/// <summary>
/// A run as it goes: which jobs are ready, what a result means for the others, how the run ends. No I/O and no clock; whoever drives it
/// queues what is <see cref="RunChanges.Ready"/> and brings the results back. Not thread-safe: one call at a time, of all runs that share
/// concurrency groups.
/// </summary>
public sealed class RunState : IConcurrentRun
{
    private const string TopLevel = "top level workflow";

    private readonly WorkflowState _workflow;
    private readonly ConcurrencyGroups _concurrency;

    /// <summary>A run in which nothing has happened, with concurrency groups of its own.</summary>
    public RunState(RunPlan plan)
        : this(plan, new ConcurrencyGroups())
    {
    }

    /// <summary>A run in which nothing has happened.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="concurrency">
    /// The groups that it shares with other runs. After each call, <see cref="ConcurrencyGroups.TakeConcerned()"/> names the runs that it changed
    /// something for.
    /// </param>
    public RunState(RunPlan plan, ConcurrencyGroups concurrency)
        : this((plan ?? throw new ArgumentNullException(nameof(plan))).Scope, concurrency)
    {
    }

    private RunState(WorkflowScope scope, ConcurrencyGroups concurrency)
    {
        ArgumentNullException.ThrowIfNull(concurrency);
        _concurrency = concurrency;
        _workflow = new WorkflowState(scope, TopLevel, outer: null, concurrency, this);
    }

    /// <summary>
    /// A run that only shows what would happen: whoever drives it lets each job succeed without outputs. What hangs on outputs is told as not known
    /// (<see cref="ConcludedJob.Unknown"/>, <see cref="PlannedJob.Unknown"/>), and is no failure.
    /// </summary>
    public static RunState Preview(RunPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new RunState(plan.Scope with { IsPreview = true }, new ConcurrencyGroups());
    }

    /// <summary>Whether all jobs have ended.</summary>
    public bool IsFinished => _workflow.IsFinished;

    /// <summary>How the run ended: the worst of its jobs, Canceled where it was cancelled, Skipped where every job was skipped.</summary>
    /// <exception cref="InvalidOperationException">The run has not finished.</exception>
    public Conclusion Conclusion => _workflow.Conclusion;

    /// <summary>All jobs as they are now, in the plan's order.</summary>
    public ImmutableArray<RunJobView> Jobs() => [.. _workflow.View()];

    /// <summary>Starts the run.</summary>
    public RunChanges Start() => Advance(new ChangeList());

    /// <inheritdoc/>
    public RunChanges Continue() => Advance(new ChangeList());

    /// <summary>Takes the result of a job. A result that comes again changes nothing.</summary>
    /// <param name="id">The job.</param>
    /// <param name="conclusion">How it ended, before <c>continue-on-error</c> of the job.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <exception cref="ArgumentException">The run has no such job, or its turn has not come.</exception>
    public RunChanges Complete(PlannedJobId id, Conclusion conclusion, IEnumerable<KeyValuePair<string, string>> outputs)
    {
        if (_workflow.Find(id) is not var (group, leg))
        {
            throw new ArgumentException($"The run has no job {id} that was started", nameof(id));
        }

        var changes = new ChangeList();
        group.Complete(leg, conclusion, outputs, changes);
        return Advance(changes);
    }

    /// <summary>Cancels the run: jobs whose <c>if</c> does not hold any more are cancelled, others (<c>always()</c>) go on.</summary>
    public RunChanges Cancel()
    {
        var changes = new ChangeList();
        _workflow.Cancel("The run was cancelled", changes);
        return Advance(changes);
    }

    // A job that ends may give its turn to another one of the same run, which the pass has been by already.
    private RunChanges Advance(ChangeList changes)
    {
        do
        {
            _workflow.Advance(changes);
        }
        while (_concurrency.TakeConcerned(this));

        return changes.ToChanges();
    }
}
