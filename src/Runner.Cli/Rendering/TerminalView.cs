using Runner.Agent.Board;
using Runner.Cli.Running;
using Runner.Emulator.Console;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;

namespace Runner.Cli.Rendering;

/// <summary>Shows runs to people: a line per step and per line of its log, and a report at the end.</summary>
/// <remarks>
/// What is usual is silent unless it is asked for: a step's beginning is told with its first line, the header of a step (its own text, its
/// shell and environment) not at all, and neither are the runner's own steps that succeed.
/// On a terminal the last line says what goes on and changes every tenth of a second, from a timer's thread; so all writing holds one lock.
/// </remarks>
internal sealed class TerminalView : IRunView
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly TextWriter _output;
    private readonly RunViewOptions _options;
    private readonly TimeProvider _time;
    private readonly Colors _colors;
    private readonly JobPrefixes _prefixes;
    private readonly RunReport _report;
    private readonly StatusLine _status = new();
    private readonly Dictionary<LocalJobId, LogLineText> _logs = [];
    private readonly Dictionary<LocalJobId, RunStep> _unannounced = [];
    private readonly ITimer? _timer;
    private bool _hasStatus;
    private bool _hasRun;

    /// <param name="output">Where it is shown.</param>
    /// <param name="options">How.</param>
    /// <param name="time">The clock of the status line.</param>
    public TerminalView(TextWriter output, RunViewOptions options, TimeProvider time)
    {
        _output = output;
        _options = options;
        _time = time;
        _colors = new Colors(options.UseColors);
        _prefixes = new JobPrefixes(_colors, options);
        _report = new RunReport(_colors, options);
        _timer = options.IsTerminal ? time.CreateTimer(_ => Tick(), state: null, Refresh, Refresh) : null;
    }

    public void Show(RunEvent happened)
    {
        lock (_lock)
        {
            _status.Note(happened);
            _report.Note(happened);
            ClearStatus();
            if (TextOf(happened) is { } text)
            {
                Announce(happened);
                Write(happened, text);
            }

            WriteStatus();
            _output.Flush();
        }
    }

    public void Finish()
    {
        lock (_lock)
        {
            ClearStatus();
            _report.Write(_output);
            _output.Flush();
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            ClearStatus();
        }
    }

    private string? TextOf(RunEvent happened) => happened switch
    {
        RunStartedEvent run => Begin(run),
        RunNoticeEvent notice => _colors.Yellow(notice.Message),
        LocalJobQueuedEvent queued => Remember(queued.Job),
        LocalJobWaitingEvent waiting => _options.IsTerminal ? null : $"  {waiting.Phase}",
        LocalJobStartedEvent started => _colors.Dim($"started: {started.Place}"),
        LocalStepStartedEvent step => Begin(step),
        LocalStepEndedEvent step => StepEnd(step),
        LocalLineEvent line => Line(line),
        LocalAnnotationEvent annotation => AnnotationText(annotation.Annotation),
        LocalJobEndedEvent ended => JobEnd(ended),
        LocalSummaryEvent or RunEndedEvent => null, // both stand in the report
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "not an event that is known here"),
    };

    private string Begin(RunStartedEvent run)
    {
        _prefixes.NamesWorkflows = _hasRun;
        _hasRun = true;
        return _colors.Bold(ShownText.Name(run.Name)) + _colors.Dim($"  {run.Workflow}");
    }

    private string? Begin(LocalStepStartedEvent step)
    {
        Log(step.Job).BeginStep();
        _unannounced[step.Job] = step.Step;
        return _options.IsVerbose ? string.Empty : null;
    }

    // The line of a step's beginning, before the first thing that is told of the step.
    private void Announce(RunEvent happened)
    {
        if (happened is JobEvent { Job: var job } and not LocalStepEndedEvent { Step.IsFrame: false } && _unannounced.Remove(job, out var step))
        {
            Write(happened, $"{_colors.Dim("▸")} {_colors.Bold(ShownText.Name(step.Name))}");
        }
    }

    private void Write(RunEvent happened, string text)
    {
        if (text.Length > 0)
        {
            _output.WriteLine(happened is JobEvent { Job: var job } ? Prefixed(job, text) : text);
        }
    }

    private LogLineText Log(LocalJobId job)
    {
        if (!_logs.TryGetValue(job, out var log))
        {
            _logs[job] = log = new LogLineText(_colors, _options.IsVerbose);
        }

        return log;
    }

    private string? Remember(LocalJobId job)
    {
        _prefixes.Add(job);
        return null;
    }

    private string? StepEnd(LocalStepEndedEvent step)
    {
        _unannounced.Remove(step.Job);
        if (step.Step.IsFrame && !_options.IsVerbose && step.Conclusion is Conclusion.Succeeded or Conclusion.Skipped)
        {
            return null;
        }

        var (sign, name) = (Marks.Of(step.Conclusion, _colors), ShownText.Name(step.Step.Name));
        return step.Conclusion == Conclusion.Skipped
            ? $"{sign} {_colors.Dim(name)}"
            : $"{sign} {name}  {_colors.Dim(ShownWords.Duration(step.Duration))}";
    }

    private string? Line(LocalLineEvent line)
    {
        if (_options.IsQuiet || (line.Step is null && !_options.IsVerbose))
        {
            return null;
        }

        var text = Log(line.Job).Of(line.Text);
        var isShown = line.Step is not { IsFrame: true } || _options.IsVerbose || LogLineText.IsAnnotation(line.Text);
        return isShown && text is not null ? $"  {text}" : null;
    }

    // Without a file its own line in the log has said it.
    private string? AnnotationText(Annotation annotation)
    {
        if (annotation.Path is not { Length: > 0 } path)
        {
            return null;
        }

        var text = $"{path}:{Math.Max(annotation.StartLine, 1)}: {annotation.Message}";
        return "  " + annotation.Level switch
        {
            AnnotationLevel.Failure => _colors.Red(text),
            AnnotationLevel.Warning => _colors.Yellow(text),
            _ => _colors.Cyan(text),
        };
    }

    private string JobEnd(LocalJobEndedEvent ended)
    {
        _logs.Remove(ended.Job);
        var reason = ended.Reason is null ? string.Empty : $": {ended.Reason}";
        var time = ended.Duration > TimeSpan.Zero ? $" in {ShownWords.Duration(ended.Duration)}" : string.Empty;
        return $"{Marks.Of(ended.Conclusion, _colors)} {_colors.Bold(Marks.Word(ended.Conclusion))}{time}{reason}";
    }

    // A text of several lines has the prefix before each, and on a terminal so has each part of a long one.
    private string Prefixed(LocalJobId job, string text)
    {
        var prefix = _prefixes.Of(job);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var room = _options.Width - _prefixes.Width;
        var parts = _options.IsTerminal ? lines.SelectMany(line => LineWrap.Split(line, room)) : lines;
        return prefix + string.Join($"{Environment.NewLine}{prefix}  ", parts);
    }

    private void Tick()
    {
        lock (_lock)
        {
            try
            {
                ClearStatus();
                WriteStatus();
                _output.Flush();
            }
            catch (InfrastructureException)
            {
                // A terminal that is gone: the next event that is shown tells it to somebody who can act.
            }
        }
    }

    private void WriteStatus()
    {
        if (_options.IsTerminal && _status.Text(_time.GetUtcNow(), _options.Width) is { Length: > 0 } text)
        {
            _output.Write(_colors.Dim(text));
            _hasStatus = true;
        }
    }

    private void ClearStatus()
    {
        if (_hasStatus)
        {
            _output.Write("\r\u001b[2K");
            _hasStatus = false;
        }
    }
}
