using Runner.Execution.Reporting;
using Runner.Execution.Scopes;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Steps;

/// <summary>The record and the log of one step, told to the reporter at every change.</summary>
internal sealed class StepReport
{
    private readonly JobScope _job;

    /// <summary>Makes the record; nothing is told yet.</summary>
    public StepReport(JobScope job, StepRecord record)
    {
        _job = job;
        Record = record;
        Log = new StepLog(record.Id, record.Number, job.Reporter, job.Masker, job.IsDebug);
    }

    /// <summary>The record in its present state.</summary>
    public StepRecord Record { get; private set; }

    /// <summary>The log.</summary>
    public StepLog Log { get; }

    /// <summary>A step of the runner itself; its id is a new one unless it was told before.</summary>
    public static StepReport OfRunner(JobScope job, int number, string name, StepId? id = null) => new(job, new StepRecord
    {
        Id = id ?? StepId.New(),
        Number = number,
        Name = name,
        Type = "runner",
        ActionName = name.ToLowerInvariant().Replace(' ', '_'),
    });

    /// <summary>A stage of a step of the message.</summary>
    public static StepReport OfStage(JobScope job, StepUse use, StepStage stage, int number, string name) => new(job, new StepRecord
    {
        Id = stage == StepStage.Main && use.Step.Id != default ? use.Step.Id : StepId.New(),
        Number = number,
        Name = name,
        Type = use.Step.Reference?.Type switch
        {
            _ when use.Step.Type == StepType.BackgroundStepControl => "runner",
            ReferenceType.Script => "run",
            ReferenceType.ContainerRegistry => "docker",
            _ => use.Action?.Runs.Using ?? "repository",
        },
        ActionName = use.Step.Reference?.Type == ReferenceType.Script ? null : use.Step.Reference?.Name ?? use.Step.Reference?.Image,
        Ref = use.Step.Reference?.Ref,
        Background = stage == StepStage.Main ? BackgroundOf(job, use.Step) : null,
    });

    private static StepBackground? BackgroundOf(JobScope job, JobStep step) =>
        step is { Background: false, Type: not StepType.BackgroundStepControl, ParallelGroupId: null } ? null : new StepBackground
        {
            IsBackground = step.Background,
            ControlType = step.ControlType,
            ControlledSteps =
            [
                .. from id in step.StepIds
                   from target in job.Message.UsableSteps
                   where id.Equals(target.ContextName, StringComparison.OrdinalIgnoreCase)
                   select target.Id,
            ],
            ParallelGroup = step.ParallelGroupId,
        };

    /// <summary>Tells the step as pending.</summary>
    public void Announce() => Report(Record);

    /// <summary>Tells that the step started, under its final name.</summary>
    public void Start(string name) => Report(Record with
    {
        Name = name,
        Status = StepStatus.InProgress,
        StartedAt = _job.Host.Time.GetUtcNow(),
    });

    /// <summary>Tells how the step ended and closes its log.</summary>
    public void Complete(Conclusion conclusion)
    {
        Report(Record with
        {
            Status = StepStatus.Completed,
            Conclusion = conclusion,
            CompletedAt = _job.Host.Time.GetUtcNow(),
            LogLines = Log.Lines,
            Annotations = Log.Annotations,
        });
        _job.Reporter.StepLogEnded(Record.Id);
    }

    private void Report(StepRecord record)
    {
        Record = record;
        _job.Reporter.StepChanged(record);
    }
}
