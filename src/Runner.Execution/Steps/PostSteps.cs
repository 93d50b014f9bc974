using Runner.Execution.Scopes;

namespace Runner.Execution.Steps;

/// <summary>The post stages of a job, the last one registered on top.</summary>
internal sealed class PostSteps(JobScope job, StepNumbers numbers)
{
    private readonly Lock _lock = new();
    private readonly Stack<PlannedStep> _steps = new();

    /// <summary>Notes that an action started that has a post stage. Once for each step; a step inside of a composite action counts for that.</summary>
    public void Register(StepUse use)
    {
        lock (_lock)
        {
            if (use.RegisterPost() is not { } step)
            {
                return;
            }

            var report = StepReport.OfStage(job, step, StepStage.Post, numbers.NextPost(), $"Post {step.Name}");
            report.Announce();
            _steps.Push(new PlannedStep(step, StepStage.Post, report));
        }
    }

    /// <summary>Adds a step of the runner's: of the steps after the job's own, the first that is added runs last.</summary>
    /// <param name="plan">Makes it with its number.</param>
    public void Add(Func<int, PlannedStep> plan)
    {
        lock (_lock)
        {
            var step = plan(numbers.NextPost());
            step.Report.Announce();
            _steps.Push(step);
        }
    }

    /// <summary>Takes the next one, or gives <c>null</c>.</summary>
    public PlannedStep? Take()
    {
        lock (_lock)
        {
            return _steps.TryPop(out var step) ? step : null;
        }
    }
}
