using System.Globalization;
using Runner.Agent.Board;
using Runner.Cli.Running;
using Runner.Emulator.Console;

namespace Runner.Cli.Rendering;

/// <summary>What goes on right now, in one line: for the last line of a terminal.</summary>
internal sealed class StatusLine
{
    private static readonly string[] Spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private readonly OrderedDictionary<LocalJobId, (string Phase, DateTimeOffset Since)> _jobs = [];

    /// <summary>Takes note of what happened.</summary>
    public void Note(RunEvent happened)
    {
        switch (happened)
        {
            case LocalJobQueuedEvent queued:
                _jobs[queued.Job] = ("starting", queued.Time);
                break;
            case LocalJobWaitingEvent waiting:
                _jobs[waiting.Job] = (waiting.Phase, waiting.Time);
                break;
            case LocalStepStartedEvent step:
                _jobs[step.Job] = (step.Step.Name, step.Time);
                break;
            case LocalJobEndedEvent ended:
                _jobs.Remove(ended.Job);
                break;
        }
    }

    /// <summary>The line, of at most so many cells; empty where nothing goes on.</summary>
    public string Text(DateTimeOffset now, int width)
    {
        if (_jobs.Count == 0)
        {
            return string.Empty;
        }

        var (job, (phase, since)) = _jobs.MinBy(entry => entry.Value.Since);
        var elapsed = now > since ? now - since : TimeSpan.Zero;
        var more = _jobs.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" · {_jobs.Count - 1} more") : string.Empty;
        var sign = Spinner[(int)(now.ToUnixTimeMilliseconds() / 100 % Spinner.Length)];
        var tail = $" {ShownWords.Duration(elapsed)}{more}";
        return $"{sign} {ShownText.Fit(ShownText.Name($"{job.Name}: {phase}"), Math.Max(10, width - tail.Length - 3))}{tail}";
    }
}
