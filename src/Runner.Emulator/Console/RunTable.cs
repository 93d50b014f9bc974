using System.Text;
using Runner.Emulator.Runs;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Console;

/// <summary>The result of a run as a table: a line for each job, under it the steps that failed and its outputs.</summary>
internal static class RunTable
{
    public static string Of(RunInfo run, ConsoleStyle style)
    {
        var text = new StringBuilder();
        Line(text, style.Bold($"run {run.Id}: {ShownText.Name(run.Name)}") + "  " + style.Of(run.Conclusion, ConsoleStyle.Word(run.Conclusion)));
        var nameWidth = Width(run.Jobs.Select(job => ShownText.Name(job.Name)));
        var wordWidth = Width(run.Jobs.Select(job => ConsoleStyle.Word(job.Conclusion)));
        var timeWidth = Width(run.Jobs.Select(Duration));
        foreach (var job in run.Jobs)
        {
            var word = ConsoleStyle.Word(job.Conclusion);
            var line = style.Of(job.Conclusion, $"  {ConsoleStyle.Mark(job.Conclusion)} {ShownText.Pad(ShownText.Name(job.Name), nameWidth)}  {word.PadRight(wordWidth)}")
                + $"  {Duration(job).PadLeft(timeWidth)}  {job.Runner ?? job.Reason}";
            Line(text, line);
            AddDetails(text, job, style);
        }

        return text.ToString();
    }

    private static void AddDetails(StringBuilder text, JobInfo job, ConsoleStyle style)
    {
        if (job.Runner is not null && job.Reason is not null)
        {
            Line(text, $"      {job.Reason}");
        }

        foreach (var step in job.Steps.Where(step => step.Conclusion == Conclusion.Failed))
        {
            Line(text, style.Red($"      ✗ {ShownText.Name(step.Name)}"));
        }

        foreach (var (name, value) in job.Outputs)
        {
            Line(text, style.Dim($"      {name} = {value}"));
        }
    }

    private static string Duration(JobInfo job) => ConsoleStyle.Duration(job.CompletedAt - job.StartedAt);

    private static int Width(IEnumerable<string> texts) => texts.Select(ShownText.Width).DefaultIfEmpty().Max();

    // One line feed on every system: goldens and pipes compare bytes.
    private static void Line(StringBuilder text, string line) => text.Append(line.TrimEnd()).Append('\n');
}
