using Runner.Jobs;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;

namespace Runner.Cli.Running;

/// <summary>Makes events of a run from what the worker of one job tells. It remembers the steps, so that each change is told once.</summary>
internal sealed class WorkerEventTranslator(LocalJobId job)
{
    private readonly Dictionary<StepId, Known> _steps = [];

    /// <summary>What an event of the worker means for those who watch; the job's own beginning and end are not told here.</summary>
    /// <param name="told">The event.</param>
    /// <param name="now">The time, for what does not say its own.</param>
    public IEnumerable<RunEvent> Translate(WorkerEvent told, DateTimeOffset now) => told switch
    {
        StepChangedEvent changed => StepChanged(changed.Step, now),
        LineEvent line => [new LocalLineEvent(line.Time, job, line.Step is { } id ? Find(id) : null, line.Text)],
        SummaryEvent summary when Find(summary.Step) is { } step => [new LocalSummaryEvent(now, job, step, summary.Markdown)],
        JobEndedEvent ended => ended.Annotations.Select(annotation => new LocalAnnotationEvent(now, job, null, annotation)),
        _ => [],
    };

    // The names by which telemetry knows them.
    private static bool IsFrame(StepRecord state) => state is { Type: "runner", ActionName: "set_up_job" or "complete_job" };

    private RunStep? Find(StepId id) => _steps.GetValueOrDefault(id)?.Step;

    private IEnumerable<RunEvent> StepChanged(StepRecord state, DateTimeOffset now)
    {
        if (!_steps.TryGetValue(state.Id, out var known))
        {
            known = new Known();
            _steps[state.Id] = known;
        }

        known.Step = new RunStep(state.Number, state.Name, IsFrame(state));
        if (!known.IsStarted && state.Status != StepStatus.Pending && state.Conclusion != Conclusion.Skipped)
        {
            known.IsStarted = true;
            yield return new LocalStepStartedEvent(state.StartedAt ?? now, job, known.Step);
        }

        foreach (var annotation in state.Annotations.Skip(known.Annotations))
        {
            yield return new LocalAnnotationEvent(now, job, known.Step, annotation);
        }

        known.Annotations = Math.Max(known.Annotations, state.Annotations.Length);
        if (!known.IsEnded && state.Status == StepStatus.Completed)
        {
            known.IsEnded = true;
            var ended = state.CompletedAt ?? now;
            var duration = state.StartedAt is { } started && ended > started ? ended - started : TimeSpan.Zero;
            yield return new LocalStepEndedEvent(ended, job, known.Step, state.Conclusion ?? Conclusion.Failed, duration);
        }
    }

    private sealed class Known
    {
        public RunStep? Step { get; set; }

        public bool IsStarted { get; set; }

        public bool IsEnded { get; set; }

        public int Annotations { get; set; }
    }
}
