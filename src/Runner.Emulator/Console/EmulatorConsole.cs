using Runner.Emulator.Events;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Console;

/// <summary>Prints what happens in an emulator as it happens, and a table when a run has ended.</summary>
/// <remarks>
/// Log lines come over the live feed, which is best effort; of a job that sent none, or had lines dropped before the first, the whole
/// log is printed at its end.
/// </remarks>
public sealed class EmulatorConsole
{
    private readonly IEmulatorView _view;
    private readonly TextWriter _output;
    private readonly ConsoleStyle _style;
    private readonly HashSet<JobId> _live = [];

    /// <summary>A console.</summary>
    /// <param name="view">The emulator: <see cref="EmulatorServer"/> or <see cref="EmulatorClient"/>.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="useColors">Whether to write ANSI colours. Not where the output is piped or <c>NO_COLOR</c> is set.</param>
    public EmulatorConsole(IEmulatorView view, TextWriter output, bool useColors)
    {
        _view = view;
        _output = output;
        _style = new ConsoleStyle(useColors);
    }

    /// <summary>Prints one run from its beginning to its table, and says how it ended.</summary>
    /// <exception cref="InfrastructureException">The emulator ended before the run did.</exception>
    public async Task<Conclusion> FollowRunAsync(long run, CancellationToken cancellationToken)
    {
        await foreach (var happened in _view.ReadEventsAsync(0, cancellationToken))
        {
            if (happened.RunId == run || happened.Type == EmulatorEventType.Gap)
            {
                await PrintAsync(happened, cancellationToken);
            }

            if (happened is { Type: EmulatorEventType.RunCompleted } && happened.RunId == run)
            {
                return happened.Conclusion ?? Conclusion.Failed;
            }

            // Its end may be among what was dropped.
            if (happened.Type == EmulatorEventType.Gap && await _view.FindRunAsync(run, cancellationToken) is { Conclusion: { } conclusion })
            {
                await PrintTableAsync(run, cancellationToken);
                return conclusion;
            }
        }

        throw new InfrastructureException("The emulator ended before the run did.");
    }

    /// <summary>Prints everything that happens, until the token ends it.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var happened in _view.ReadEventsAsync(0, cancellationToken))
        {
            await PrintAsync(happened, cancellationToken);
        }
    }

    private async Task PrintAsync(EmulatorEvent happened, CancellationToken cancellationToken)
    {
        switch (happened.Type)
        {
            case EmulatorEventType.RunnerAdded:
                await WriteAsync(_style.Dim($"runner {happened.Runner} registered"));
                break;
            case EmulatorEventType.RunnerRemoved:
                await WriteAsync(_style.Dim($"runner {happened.Runner} removed"));
                break;
            case EmulatorEventType.RunQueued:
                await WriteAsync(_style.Bold($"run {happened.RunId}: {ShownText.Name(happened.Name ?? string.Empty)}"));
                break;
            case EmulatorEventType.JobQueued:
                await WriteAsync(happened, _style.Dim($"queued for {Labels(happened)}"));
                break;
            case EmulatorEventType.JobStarted:
                await WriteAsync(happened, $"started on {happened.Runner}");
                break;
            case EmulatorEventType.StepChanged:
                await PrintStepAsync(happened);
                break;
            case EmulatorEventType.LogLines:
                await PrintLinesAsync(happened);
                break;
            case EmulatorEventType.LogMissing:
                await WriteAsync(happened, _style.Of(Conclusion.Failed, $"! {happened.Reason}"));
                break;
            case EmulatorEventType.JobCompleted:
                await PrintJobAsync(happened, cancellationToken);
                break;
            case EmulatorEventType.RunCompleted:
                await PrintTableAsync(happened.RunId ?? 0, cancellationToken);
                break;
            case EmulatorEventType.Gap:
                await WriteAsync(_style.Dim("(more happened than could be shown; the logs are complete)"));
                break;
            default:
                break; // nothing that a reader waits for
        }
    }

    private async Task PrintStepAsync(EmulatorEvent happened)
    {
        var step = happened.Step;
        switch (step?.Status)
        {
            case StepStatus.InProgress:
                await WriteAsync(happened, _style.Bold($"▶ {ShownText.Name(step.Name)}"));
                break;
            case StepStatus.Completed when step.Conclusion == Conclusion.Skipped:
                await WriteAsync(happened, _style.Dim($"- {ShownText.Name(step.Name)} (skipped)"));
                break;
            case StepStatus.Completed:
                var duration = ConsoleStyle.Duration(step.CompletedAt - step.StartedAt);
                await WriteAsync(happened, _style.Of(step.Conclusion, $"{ConsoleStyle.Mark(step.Conclusion)} {ShownText.Name(step.Name)}") + _style.Dim($" ({duration})"));
                break;
        }
    }

    private async Task PrintLinesAsync(EmulatorEvent happened)
    {
        if (happened.JobId is { } job)
        {
            _live.Add(job);
        }

        foreach (var line in happened.Lines ?? [])
        {
            await WriteLineAsync(happened, line);
        }
    }

    private async Task PrintJobAsync(EmulatorEvent happened, CancellationToken cancellationToken)
    {
        if (happened.JobId is { } job && !_live.Remove(job) && await _view.ReadLogAsync(job, cancellationToken) is { } log)
        {
            foreach (var line in log.TrimEnd('\n').Split('\n'))
            {
                await WriteLineAsync(happened, LogLine.WithoutTime(line));
            }
        }

        var duration = happened.Seconds is { } seconds ? $" in {ConsoleStyle.Duration(TimeSpan.FromSeconds(seconds))}" : string.Empty;
        var reason = happened.Reason is null ? string.Empty : $": {happened.Reason}";
        await WriteAsync(
            happened,
            _style.Of(happened.Conclusion, $"{ConsoleStyle.Mark(happened.Conclusion)} {ConsoleStyle.Word(happened.Conclusion)}{duration}{reason}"));
    }

    private async Task PrintTableAsync(long run, CancellationToken cancellationToken)
    {
        if (await _view.FindRunAsync(run, cancellationToken) is { } info)
        {
            await _output.WriteLineAsync();
            await _output.WriteAsync(RunTable.Of(info, _style));
            await _output.FlushAsync(cancellationToken);
        }
    }

    private static string Labels(EmulatorEvent happened) =>
        happened.Labels is { Length: > 0 } labels ? string.Join(", ", labels) : "any runner";

    private async Task WriteLineAsync(EmulatorEvent happened, string line)
    {
        if (LogLine.Show(line, _style) is { } shown)
        {
            await WriteAsync(happened, "  " + shown);
        }
    }

    private Task WriteAsync(EmulatorEvent happened, string text) => WriteAsync(_style.Dim($"{ShownText.Name(happened.Name ?? string.Empty)} | ") + text);

    private async Task WriteAsync(string text)
    {
        await _output.WriteLineAsync(text);
        await _output.FlushAsync(CancellationToken.None); // a terminal shows it now, a pipe too
    }
}
