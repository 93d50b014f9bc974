using System.Collections.Immutable;
using Runner.Jobs.Outcomes;

namespace Runner.Cli.Running;

/// <summary>Something that happened while workflows run here. Whoever shows a run (terminal, JSON lines) sees these and nothing else.</summary>
/// <param name="Time">When it happened.</param>
/// <remarks>
/// Events of one job come in order: queued, waiting*, started, (step started, lines, annotations, summary, step ended)*, ended. Events of
/// different jobs mix. A job that never runs has only its end. Texts are masked already.
/// </remarks>
internal abstract record RunEvent(DateTimeOffset Time);

/// <summary>A run of a workflow began.</summary>
/// <param name="Time">When.</param>
/// <param name="Workflow">Path of the workflow's file.</param>
/// <param name="Name">The run's shown name.</param>
internal sealed record RunStartedEvent(DateTimeOffset Time, string Workflow, string Name) : RunEvent(Time);

/// <summary>Something about a run that its author should know and that stops nothing.</summary>
/// <param name="Time">When.</param>
/// <param name="Message">One line.</param>
internal sealed record RunNoticeEvent(DateTimeOffset Time, string Message) : RunEvent(Time);

/// <summary>A run of a workflow ended.</summary>
/// <param name="Time">When.</param>
/// <param name="Workflow">Path of the workflow's file.</param>
/// <param name="Conclusion">The worst of its jobs.</param>
/// <param name="Duration">From its beginning.</param>
internal sealed record RunEndedEvent(DateTimeOffset Time, string Workflow, Conclusion Conclusion, TimeSpan Duration) : RunEvent(Time);

/// <summary>A job of all the runs that go on, as events name it.</summary>
/// <param name="Workflow">Path of the workflow's file.</param>
/// <param name="WorkflowName">Shown name of the workflow.</param>
/// <param name="Id">Its key, with <c>[n]</c> for a further leg of a matrix and <c>caller/called</c> where a workflow is called; unique in its workflow.</param>
/// <param name="Name">Shown name.</param>
internal sealed record LocalJobId(string Workflow, string WorkflowName, string Id, string Name);

/// <summary>Something that happened to one job.</summary>
internal abstract record JobEvent(DateTimeOffset Time, LocalJobId Job) : RunEvent(Time);

/// <summary>The job is on its way to a backend.</summary>
/// <param name="Time">When.</param>
/// <param name="Job">Which.</param>
/// <param name="Backend"><c>host</c>, <c>docker</c> or <c>kubernetes</c>.</param>
internal sealed record LocalJobQueuedEvent(DateTimeOffset Time, LocalJobId Job, string Backend) : JobEvent(Time, Job);

/// <summary>What the job waits for now: an image's pull, a node, the checkout's upload, a concurrency group.</summary>
/// <param name="Time">When.</param>
/// <param name="Job">Which.</param>
/// <param name="Phase">A few words, such as <c>pulling debian:12</c>.</param>
internal sealed record LocalJobWaitingEvent(DateTimeOffset Time, LocalJobId Job, string Phase) : JobEvent(Time, Job);

/// <summary>The job's worker runs.</summary>
/// <param name="Time">When.</param>
/// <param name="Job">Which.</param>
/// <param name="Place">Process, container or pod, for people.</param>
internal sealed record LocalJobStartedEvent(DateTimeOffset Time, LocalJobId Job, string Place) : JobEvent(Time, Job);

/// <summary>The job is over.</summary>
/// <param name="Time">When.</param>
/// <param name="Job">Which.</param>
/// <param name="Conclusion">How it ended.</param>
/// <param name="Duration">From its start; nothing where it never ran.</param>
/// <param name="Reason">Why, where no step says it: skipped by what, lost how; else <c>null</c>.</param>
/// <param name="Outputs">Its outputs.</param>
internal sealed record LocalJobEndedEvent(
    DateTimeOffset Time,
    LocalJobId Job,
    Conclusion Conclusion,
    TimeSpan Duration,
    string? Reason,
    ImmutableArray<KeyValuePair<string, string>> Outputs) : JobEvent(Time, Job);

/// <summary>A step of a job, as events name it.</summary>
/// <param name="Number">Its place in the job, from 1.</param>
/// <param name="Name">Shown name.</param>
/// <param name="IsFrame">Whether it is what the runner does before and after the job's own steps: "Set up job", "Complete job".</param>
internal sealed record RunStep(int Number, string Name, bool IsFrame = false);

/// <summary>A step began.</summary>
internal sealed record LocalStepStartedEvent(DateTimeOffset Time, LocalJobId Job, RunStep Step) : JobEvent(Time, Job);

/// <summary>A step ended, or was skipped.</summary>
/// <param name="Time">When.</param>
/// <param name="Job">Its job.</param>
/// <param name="Step">Which.</param>
/// <param name="Conclusion">How.</param>
/// <param name="Duration">From its start.</param>
internal sealed record LocalStepEndedEvent(DateTimeOffset Time, LocalJobId Job, RunStep Step, Conclusion Conclusion, TimeSpan Duration) : JobEvent(Time, Job);

/// <summary>A line of the log, with its <c>##[group]</c> and other marks.</summary>
/// <param name="Time">When it was written.</param>
/// <param name="Job">Its job.</param>
/// <param name="Step">The step that wrote it, or <c>null</c>: the job itself.</param>
/// <param name="Text">The line, without a time in front.</param>
internal sealed record LocalLineEvent(DateTimeOffset Time, LocalJobId Job, RunStep? Step, string Text) : JobEvent(Time, Job);

/// <summary>An annotation was made. Its line in the log comes too, as <c>##[error]…</c>.</summary>
/// <param name="Time">When.</param>
/// <param name="Job">Its job.</param>
/// <param name="Step">Its step, or <c>null</c>.</param>
/// <param name="Annotation">What it says, of which place.</param>
internal sealed record LocalAnnotationEvent(DateTimeOffset Time, LocalJobId Job, RunStep? Step, Annotation Annotation) : JobEvent(Time, Job);

/// <summary>A step wrote a summary (<c>GITHUB_STEP_SUMMARY</c>).</summary>
/// <param name="Time">When.</param>
/// <param name="Job">Its job.</param>
/// <param name="Step">Its step.</param>
/// <param name="Markdown">The text.</param>
internal sealed record LocalSummaryEvent(DateTimeOffset Time, LocalJobId Job, RunStep Step, string Markdown) : JobEvent(Time, Job);
