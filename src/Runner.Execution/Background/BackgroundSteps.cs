using System.Collections.Immutable;
using System.Globalization;
using Runner.Execution.Hosting;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Background;

/// <summary>The steps of a job that run in the background (<c>worker-semantics.md</c> section 2.3).</summary>
/// <remarks>
/// A step works on a fork of the job's level. What it leaves (outputs, variables, folders of PATH, its outcome) is taken over when somebody waits for
/// it or cancels it, and so is its failure: until then the job does not know of either. Only the job's own line of steps calls this.
/// </remarks>
internal sealed class BackgroundSteps(JobScope job, StepRunner runner, StepLevel level, JobCancellation cancellation) : IDisposable
{
    /// <summary>Most steps that run at once where the message does not say it; further ones wait for a place.</summary>
    public const int DefaultPlaces = 10;

    private const string PlacesVariable = "system.runner.maxbackgroundsteps";

    private readonly OrderedDictionary<string, BackgroundStep> _steps = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _places = new(PlacesOf(job));

    /// <summary>Whether a step may still run.</summary>
    public bool IsRunning => _steps.Values.Any(step => !step.End.IsCompleted);

    /// <summary>Steps that nobody waited for yet, in the order in which they were started.</summary>
    public ImmutableArray<BackgroundStep> Remaining => [.. _steps.Values.Where(step => !step.IsTaken)];

    /// <summary>Starts a step and returns at once. One that is not to run, or cannot, has ended when this returns.</summary>
    /// <param name="name">Its final name.</param>
    public void Start(PlannedStep planned, string name)
    {
        var (use, stage, report) = planned;
        var fork = level.Fork();
        var task = new StepTask(use, stage, fork, report.Log, report.Record.Id, report.Record.Number, name)
        {
            StopsWithJob = !cancellation.Requested.IsCancellationRequested,
        };
        if (!runner.TryBegin(task, out var run, out var end))
        {
            report.Complete(end.Conclusion);
            level.TakeOver(fork, use.Step, end);
            level.TakeIn(end.Conclusion);
            return;
        }

        var stop = new CancellationTokenSource();
        var running = Task.Run(() => RunAsync(run, report, name, stop.Token), CancellationToken.None);
        _steps[use.Step.ContextName ?? name] = new BackgroundStep(name, use.Step, fork, stop, running);
    }

    /// <summary>The steps of these ids that were started, in this order.</summary>
    public ImmutableArray<BackgroundStep> Find(IEnumerable<string> ids) =>
        [.. from id in ids where _steps.ContainsKey(id) select _steps[id]];

    /// <summary>Waits for the ends of steps and takes over what they left.</summary>
    /// <returns>The worst of their conclusions.</returns>
    public async Task<Conclusion> WaitAsync(IEnumerable<BackgroundStep> steps)
    {
        var worst = Conclusion.Succeeded;
        foreach (var step in steps)
        {
            var conclusion = await TakeAsync(step);
            worst = worst < conclusion ? conclusion : worst;
        }

        return worst;
    }

    /// <summary>Stops steps and waits for their ends. One that failed before fails the job; one that was stopped does not.</summary>
    public async Task CancelAsync(IReadOnlyCollection<BackgroundStep> steps)
    {
        foreach (var step in steps)
        {
            await step.Stop.CancelAsync();
        }

        level.TakeIn(await WaitAsync(steps));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var step in _steps.Values)
        {
            step.Stop.Dispose();
        }

        _places.Dispose();
    }

    private async Task<Conclusion> TakeAsync(BackgroundStep step)
    {
        var end = await step.End;
        if (!step.IsTaken)
        {
            level.TakeOver(step.Fork, step.Step, end);
            step.IsTaken = true;
        }

        return end.Conclusion;
    }

    private async Task<StepEnd> RunAsync(StepRun run, StepReport report, string name, CancellationToken stop)
    {
        if (!await TakePlaceAsync(run, stop))
        {
            report.Complete(Conclusion.Canceled);
            return new StepEnd(Conclusion.Canceled, Conclusion.Canceled, ImmutableDictionary<string, string>.Empty);
        }

        try
        {
            report.Start(name);
            var end = await runner.FinishAsync(run, stop);
            report.Complete(end.Conclusion);
            return end;
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<bool> TakePlaceAsync(StepRun run, CancellationToken stop)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(
            stop, run.Task.StopsWithJob ? cancellation.Requested : cancellation.Aborted);
        try
        {
            await _places.WaitAsync(waiting.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // stopped before it ran
        }
    }

    private static int PlacesOf(JobScope job) =>
        int.TryParse(job.Message.Variable(PlacesVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var places) && places > 0
            ? places
            : DefaultPlaces;
}

/// <summary>A step that was started in the background.</summary>
/// <param name="Name">Its shown name.</param>
/// <param name="Step">The step of the message.</param>
/// <param name="Fork">What it works on.</param>
/// <param name="Stop">Stops it.</param>
/// <param name="End">How it ended.</param>
internal sealed record BackgroundStep(
    string Name, Runner.Jobs.Messages.JobStep Step, StepLevel Fork, CancellationTokenSource Stop, Task<StepEnd> End)
{
    /// <summary>Whether what it left was taken over.</summary>
    public bool IsTaken { get; set; }
}
