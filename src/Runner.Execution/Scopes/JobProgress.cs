using Runner.Execution.Hosting;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Scopes;

/// <summary>How far a job is: its result so far, its moments, and what its steps leave to those after them.</summary>
/// <param name="time">The clock of the moments.</param>
internal sealed class JobProgress(TimeProvider time)
{
    // Steps in the background end when they like.
    private readonly Lock _lock = new();

    /// <summary>Result of the job so far.</summary>
    public Conclusion Result { get; private set; } = Conclusion.Succeeded;

    /// <summary>The job's variables and folders of PATH: its <c>env</c> and what steps left.</summary>
    public SharedEnvironment Shared { get; } = new();

    /// <summary>What its steps left of the <c>github</c> context.</summary>
    public StepMembers Members { get; } = new();

    /// <summary>Outputs and results of the steps so far.</summary>
    public StepResults Steps { get; } = new();

    /// <summary><c>defaults.run</c>.</summary>
    public RunDefaults RunDefaults { get; set; } = new(null, null);

    /// <summary>When the first step's process started.</summary>
    public DateTimeOffset? FirstStep { get; private set; }

    /// <summary>When the last step ended.</summary>
    public DateTimeOffset? LastStepEnded { get; private set; }

    /// <summary>Notes that a step's process started.</summary>
    public void NoteProcessStart()
    {
        lock (_lock)
        {
            FirstStep ??= time.GetUtcNow();
        }
    }

    /// <summary>Notes that a step ended.</summary>
    public void NoteStepEnd() => LastStepEnded = time.GetUtcNow();

    /// <summary>Takes a step's result in: only a failed one changes the job's, and none that is worse already.</summary>
    public void TakeIn(Conclusion step)
    {
        lock (_lock)
        {
            if (step == Conclusion.Failed && Result < Conclusion.Failed)
            {
                Result = Conclusion.Failed;
            }
        }
    }

    /// <summary>The job is cancelled (or, at a shutdown, failed), whatever came before.</summary>
    public void Stop(CancelReason reason)
    {
        lock (_lock)
        {
            Result = reason == CancelReason.Shutdown ? Conclusion.Failed : Conclusion.Canceled;
        }
    }
}

/// <summary><c>defaults.run</c> of workflow and job, <c>null</c> where neither says it.</summary>
internal sealed record RunDefaults(string? Shell, string? WorkingDirectory);
