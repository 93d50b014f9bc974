using System.Globalization;
using Runner.Cli.CommandLine;
using Runner.Emulator.Console;
using Runner.Emulator.Runs;
using Spectre.Console;

namespace Runner.Cli.Rendering;

/// <summary>Tables for people.</summary>
internal static class Tables
{
    // Wide enough for any name where nobody looks at a terminal's edge.
    private const int PipeWidth = 400;

    public static void Write(CliSurroundings surroundings, string[] columns, IEnumerable<string[]> rows)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = surroundings.UseColors ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(surroundings.Out),
        });
        console.Profile.Width = surroundings.IsTerminal ? surroundings.Width : PipeWidth;

        var table = new Table().NoBorder();
        table.AddColumns([.. columns.Select(column => new TableColumn(new Text(column.ToUpperInvariant())))]);
        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(ShownText.Name(cell))));
        }

        console.Write(table);
    }

    public static string Word(Jobs.Outcomes.Conclusion? conclusion) => conclusion?.ToString().ToLowerInvariant() ?? "-";

    public static string Count(RunInfo run) => string.Create(CultureInfo.InvariantCulture, $"{run.Jobs.Count(job => job.Status == JobStatus.Completed)}/{run.Jobs.Length}");

    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Seconds(TimeSpan? time) => time?.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) ?? "-";
}
