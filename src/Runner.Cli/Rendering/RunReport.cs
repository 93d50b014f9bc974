using System.Globalization;
using Runner.Agent.Board;
using Runner.Cli.Running;
using Runner.Emulator.Console;
using Runner.Jobs.Outcomes;

namespace Runner.Cli.Rendering;

/// <summary>What stands at the end: what failed with its last lines, the step summaries, and a table of the jobs.</summary>
internal sealed class RunReport(Colors colors, RunViewOptions options)
{
    private const int LastLines = 100;

    private readonly List<LocalJobEndedEvent> _ended = [];
    private readonly List<LocalSummaryEvent> _summaries = [];
    private readonly List<(LocalJobId Job, RunStep Step, string[] Lines)> _failures = [];
    private readonly Dictionary<LocalJobId, (LogLineText Text, Queue<(string Text, bool IsAnnotation)> Lines)> _lines = [];

    /// <summary>Takes note of what happened.</summary>
    public void Note(RunEvent happened)
    {
        switch (happened)
        {
            case LocalStepStartedEvent step:
                Lines(step.Job).Text.BeginStep();
                Lines(step.Job).Lines.Clear();
                break;
            case LocalLineEvent { Step: not null } line:
                Keep(line);
                break;
            case LocalStepEndedEvent { Conclusion: Conclusion.Failed } step:
                _failures.Add((step.Job, step.Step, [.. Why(step)]));
                break;
            case LocalSummaryEvent summary:
                _summaries.Add(summary);
                break;
            case LocalJobEndedEvent ended:
                _lines.Remove(ended.Job);
                _ended.Add(ended);
                break;
        }
    }

    /// <summary>Writes the report; nothing where no job ended.</summary>
    public void Write(TextWriter output)
    {
        foreach (var (job, step, lines) in _failures)
        {
            WriteFailure(output, job, step, lines);
        }

        foreach (var job in _summaries.GroupBy(summary => summary.Job))
        {
            output.WriteLine();
            output.WriteLine(colors.Bold($"Summary of {ShownText.Name(job.Key.Name)}"));
            foreach (var summary in job)
            {
                SummaryText.Write(output, summary.Markdown, colors, options.Width);
            }
        }

        if (_ended.Count > 0)
        {
            WriteJobs(output);
        }
    }

    // The lines are shown again without marks; what a group's title or a debug line says is not why something failed.
    private void Keep(LocalLineEvent line)
    {
        var (form, lines) = Lines(line.Job);
        var text = form.Of(line.Text);
        if (text is null || line.Text.StartsWith("##[group]", StringComparison.Ordinal))
        {
            return;
        }

        // A command may have made several lines of one.
        foreach (var part in text.ReplaceLineEndings("\n").Split('\n'))
        {
            lines.Enqueue((part, LogLineText.IsAnnotation(line.Text)));
            if (lines.Count > LastLines)
            {
                lines.Dequeue();
            }
        }
    }

    // Of a step of the runner's own only what went wrong: the rest, such as its permissions and times, nobody asked for.
    private IEnumerable<string> Why(LocalStepEndedEvent step)
    {
        var lines = Lines(step.Job).Lines;
        var told = step.Step.IsFrame && lines.Any(line => line.IsAnnotation) ? lines.Where(line => line.IsAnnotation) : lines;
        return told.Select(line => line.Text);
    }

    private (LogLineText Text, Queue<(string Text, bool IsAnnotation)> Lines) Lines(LocalJobId job)
    {
        if (!_lines.TryGetValue(job, out var kept))
        {
            _lines[job] = kept = (new LogLineText(new Colors(areOn: false), isVerbose: false), new Queue<(string, bool)>());
        }

        return kept;
    }

    private void WriteFailure(TextWriter output, LocalJobId job, RunStep step, string[] lines)
    {
        output.WriteLine();
        output.WriteLine($"{Marks.Of(Conclusion.Failed, colors)} {colors.Bold(ShownText.Name($"{job.Name} › {step.Name}"))}");
        foreach (var line in lines)
        {
            output.WriteLine($"  {colors.Dim("│")} {line}");
        }
    }

    private void WriteJobs(TextWriter output)
    {
        var severalWorkflows = _ended.Select(ended => ended.Job.Workflow).Distinct().Count() > 1;
        var names = _ended.Select(ended => severalWorkflows ? $"{ended.Job.WorkflowName} / {ended.Job.Name}" : ended.Job.Name).Select(ShownText.Name).ToList();
        var width = Math.Min(names.Max(ShownText.Width), Math.Max(20, options.Width - 24));
        output.WriteLine();
        foreach (var (ended, name) in _ended.Zip(names))
        {
            var time = ended.Duration > TimeSpan.Zero ? ShownWords.Duration(ended.Duration) : string.Empty;
            var row = $"{Marks.Of(ended.Conclusion, colors)} {ShownText.Pad(ShownText.Fit(name, width), width)}  {Marks.Word(ended.Conclusion),-9}  {time,7}";
            output.WriteLine(row.TrimEnd());
            if (ended.Reason is not null)
            {
                output.WriteLine($"  {colors.Dim(ended.Reason)}");
            }
        }

        output.WriteLine(Total());
    }

    private string Total()
    {
        var failed = _ended.Count(ended => ended.Conclusion is Conclusion.Failed or Conclusion.Abandoned);
        var canceled = _ended.Count(ended => ended.Conclusion == Conclusion.Canceled);
        var skipped = _ended.Count(ended => ended.Conclusion == Conclusion.Skipped);
        string?[] parts =
        [
            failed > 0 ? colors.Red(string.Create(CultureInfo.InvariantCulture, $"{failed} failed")) : null,
            canceled > 0 ? colors.Yellow(string.Create(CultureInfo.InvariantCulture, $"{canceled} cancelled")) : null,
            _ended.Count - failed - canceled - skipped is > 0 and var good ? colors.Green(string.Create(CultureInfo.InvariantCulture, $"{good} succeeded")) : null,
            skipped > 0 ? string.Create(CultureInfo.InvariantCulture, $"{skipped} skipped") : null,
        ];
        return string.Join(", ", parts.OfType<string>());
    }
}
