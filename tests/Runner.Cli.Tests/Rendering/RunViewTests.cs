using Microsoft.Extensions.Time.Testing;
using Runner.Cli.Rendering;
using Runner.Cli.Running;
using Runner.Emulator.Console;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Cli.Tests.Rendering;

public sealed class RunViewTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly LocalJobId Build = new(".github/workflows/ci.yml", "CI", "build", "build (node 20)");
    private static readonly LocalJobId Test = new(".github/workflows/ci.yml", "CI", "test", "test");
    private static readonly LocalJobId Deploy = new(".github/workflows/ci.yml", "CI", "deploy", "deploy");

    /// <summary>Two jobs at a time, one of which fails, and a third that is skipped for it.</summary>
    private static RunEvent[] Script
    {
        get
        {
            var (npm, check, setUp) = (new RunStep(2, "npm ci"), new RunStep(2, "Run tests"), new RunStep(1, "Set up job", IsFrame: true));
            return
            [
                new RunStartedEvent(At(0), Build.Workflow, "CI"),
                new LocalJobQueuedEvent(At(0), Build, "kubernetes"),
                new LocalJobQueuedEvent(At(0), Test, "kubernetes"),
                new LocalJobWaitingEvent(At(1), Test, "pulling debian:12"),
                new LocalJobStartedEvent(At(2), Build, "pod act-job-1"),
                new LocalStepStartedEvent(At(2), Build, setUp),
                new LocalLineEvent(At(2), Build, setUp, "Runner name: 'local'"),
                new LocalLineEvent(At(2), Build, setUp, "##[warning]'--cpus' has no effect here"),
                new LocalStepEndedEvent(At(2), Build, setUp, Conclusion.Succeeded, TimeSpan.FromSeconds(0.04)),
                new LocalStepStartedEvent(At(2), Build, npm),
                new LocalLineEvent(At(3), Build, npm, "##[group]Run npm ci"),
                new LocalLineEvent(At(3), Build, npm, "npm ci"),
                new LocalLineEvent(At(3), Build, npm, "##[endgroup]"),
                new LocalJobStartedEvent(At(3), Test, "pod act-job-2"),
                new LocalStepStartedEvent(At(3), Test, check),
                new LocalLineEvent(At(4), Build, npm, "added 12 packages"),
                new LocalLineEvent(At(4), Test, check, "##[debug]cache is cold"),
                new LocalLineEvent(At(4), Test, check, "1 of 3 tests failed"),
                new LocalLineEvent(At(5), Test, check, "##[error]Process completed with exit code 1."),
                new LocalAnnotationEvent(At(5), Test, check, new Annotation { Level = AnnotationLevel.Failure, Message = "expected 2, got 3", Path = "src/sum.js", StartLine = 7 }),
                new LocalStepEndedEvent(At(5), Test, check, Conclusion.Failed, TimeSpan.FromSeconds(2.14)),
                new LocalStepEndedEvent(At(5), Test, new RunStep(3, "Upload"), Conclusion.Skipped, TimeSpan.Zero),
                new LocalStepEndedEvent(At(6), Build, npm, Conclusion.Succeeded, TimeSpan.FromSeconds(4)),
                new LocalSummaryEvent(At(6), Build, npm, "## Packages\n\n| name | size |\n|---|---|\n| app | 12 kB |\n\n- one **bold**\n- [docs](https://example.com)\n\n<h3>Html</h3><pre><code>a\nb</code></pre>\n"),
                new LocalJobEndedEvent(At(6), Test, Conclusion.Failed, TimeSpan.FromSeconds(3), null, []),
                new LocalJobEndedEvent(At(75), Build, Conclusion.Succeeded, TimeSpan.FromSeconds(73), null, [new("version", "1.2")]),
                new LocalJobEndedEvent(At(75), Deploy, Conclusion.Skipped, TimeSpan.Zero, "needs test, which failed", []),
                new RunEndedEvent(At(75), Build.Workflow, Conclusion.Failed, TimeSpan.FromSeconds(75)),
            ];
        }
    }

    [Theory]
    [InlineData("live-80.txt", 80, false, false)]
    [InlineData("live-160.txt", 160, false, false)]
    [InlineData("live-quiet.txt", 80, true, false)]
    [InlineData("live-verbose.txt", 80, false, true)]
    public void Run_reads_well_where_output_is_piped(string golden, int width, bool isQuiet, bool isVerbose) =>
        Golden.Check(golden, Shown(new RunViewOptions { Width = width, IsQuiet = isQuiet, IsVerbose = isVerbose }));

    [Fact]
    public void Jobs_of_several_workflows_are_named_with_their_workflow()
    {
        var output = new StringWriter();
        using (var view = new TerminalView(output, new RunViewOptions { Width = 80 }, TimeProvider.System))
        {
            view.Show(new RunStartedEvent(At(0), Build.Workflow, "CI"));
            view.Show(new RunStartedEvent(At(0), ".github/workflows/docs.yml", "Docs"));
            view.Show(new LocalJobStartedEvent(At(1), new LocalJobId(".github/workflows/docs.yml", "Docs", "build", "build"), "process 7"));
        }

        Assert.Contains("Docs/build │ started: process 7", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_change_nothing_but_colours()
    {
        var plain = Shown(new RunViewOptions());

        var colored = Shown(new RunViewOptions { UseColors = true });

        Assert.Contains("\u001b[31m✗\u001b[0m", colored, StringComparison.Ordinal);
        Assert.Equal(plain, System.Text.RegularExpressions.Regex.Replace(colored, "\u001b\\[[0-9;]*m", string.Empty));
    }

    [Theory]
    [InlineData(true, "\u001b[36;1mecho hello\u001b[0m")]
    [InlineData(false, "echo hello")]
    public void Line_keeps_its_own_colours_only_on_a_terminal(bool areOn, string expected) =>
        Assert.Equal(expected, new LogLineText(new Colors(areOn), isVerbose: false).Of("\u001b[36;1mecho hello\u001b[0m"));

    [Fact]
    public void Terminal_says_in_its_last_line_what_goes_on()
    {
        using var output = new StringWriter();
        var time = new FakeTimeProvider(At(1));
        using (var view = new TerminalView(output, new RunViewOptions { IsTerminal = true }, time))
        {
            Array.ForEach(Script[..4], view.Show);
            time.Advance(TimeSpan.FromSeconds(12));
        }

        Assert.Contains("build (node 20): starting 13s · 1 more", output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\r\u001b[2K", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Long_line_of_a_step_has_the_jobs_name_before_each_part_on_a_terminal()
    {
        using var output = new StringWriter();
        using (var view = new TerminalView(output, new RunViewOptions { IsTerminal = true, Width = 40 }, new FakeTimeProvider(At(1))))
        {
            view.Show(new LocalLineEvent(At(2), Test, new RunStep(2, "Run tests"), new string('x', 60)));
        }

        Assert.Equal(
            ["test │   " + new string('x', 31), "test │   " + new string('x', 29)],
            output.ToString().ReplaceLineEndings("\n").Split('\n').Where(line => line.StartsWith("test", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("plain text that is longer than the room", "plain text that is l|onger than the room")]
    [InlineData("\u001b[31mred\u001b[0m and more than twenty", "\u001b[31mred\u001b[0m and more than tw|enty")]
    [InlineData("日本語のとても長い行です", "日本語のとても長い行|です")]
    [InlineData("e\u0301e\u0301 combined marks take none", "e\u0301e\u0301 combined marks ta|ke none")]
    [InlineData("\u001b[", "\u001b[")]
    [InlineData("", "")]
    public void Line_is_cut_where_the_terminal_ends(string line, string parts) => Assert.Equal(parts.Split('|'), LineWrap.Split(line, 20));

    [Theory]
    [InlineData("plain", 10, "plain", 5)]
    [InlineData("build (ubuntu, 20)", 9, "buil… 20)", 9)]
    [InlineData("日本語の名前です", 8, "日…です", 7)]
    [InlineData("😀😀😀😀😀😀", 6, "😀…😀", 5)]
    [InlineData("👩‍👩‍👧x👩‍👩‍👧", 5, "…", 1)]
    public void Names_are_cut_and_counted_by_cells_and_whole_characters(string name, int width, string shown, int cells)
    {
        Assert.Equal(shown, ShownText.Fit(name, width));
        Assert.Equal(cells, ShownText.Width(shown));
        Assert.Equal(width, ShownText.Width(ShownText.Pad(shown, width)));
    }

    [Fact]
    public void Names_stay_on_their_line_and_colour_nothing()
    {
        var job = new LocalJobId("ci.yml", "x\u001b[31m\nnl", "a", "one\ntwo\u001b[2K");
        var step = new RunStep(2, "st\rep\u009b1m");

        var shown = Shown(
            new RunViewOptions { Width = 80 },
            new RunStartedEvent(At(0), "ci.yml", job.WorkflowName),
            new LocalJobQueuedEvent(At(0), job, "host"),
            new LocalStepStartedEvent(At(1), job, step),
            new LocalLineEvent(At(1), job, step, "text"),
            new LocalStepEndedEvent(At(2), job, step, Conclusion.Failed, TimeSpan.FromSeconds(1)),
            new LocalJobEndedEvent(At(2), job, Conclusion.Failed, TimeSpan.FromSeconds(1), null, []));

        Assert.DoesNotContain(shown, c => char.IsControl(c) && c != '\n');
        Assert.Contains("x [31m nl", shown, StringComparison.Ordinal);
        Assert.Contains("✗ one two [2K › st ep 1m\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_stand_under_each_other_whatever_the_names_are()
    {
        var (wide, plain) = (new LocalJobId("ci.yml", "CI", "a", "日本語"), new LocalJobId("ci.yml", "CI", "b", "plain"));

        var shown = Shown(
            new RunViewOptions { Width = 80 },
            new LocalJobQueuedEvent(At(0), wide, "host"),
            new LocalJobQueuedEvent(At(0), plain, "host"),
            new LocalJobStartedEvent(At(1), wide, "process 1"),
            new LocalJobStartedEvent(At(1), plain, "process 2"),
            new LocalJobEndedEvent(At(2), wide, Conclusion.Succeeded, TimeSpan.FromSeconds(1), null, []),
            new LocalJobEndedEvent(At(2), plain, Conclusion.Succeeded, TimeSpan.FromSeconds(1), null, []));

        Assert.Contains("日本語 │ started: process 1\nplain  │ started: process 2\n", shown, StringComparison.Ordinal);
        Assert.Contains("✓ 日本語  success", shown, StringComparison.Ordinal);
        Assert.Contains("✓ plain   success", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_shows_each_line_of_a_command_and_of_the_runners_own_steps_what_went_wrong_only()
    {
        var (own, setUp) = (new RunStep(2, "own"), new RunStep(1, "Set up job", IsFrame: true));

        var shown = Shown(
            new RunViewOptions { Width = 80 },
            new LocalStepStartedEvent(At(1), Test, own),
            new LocalLineEvent(At(1), Test, own, "before"),
            new LocalLineEvent(At(1), Test, own, "##[warning]a\nb"),
            new LocalStepEndedEvent(At(2), Test, own, Conclusion.Failed, TimeSpan.FromSeconds(1)),
            new LocalStepStartedEvent(At(3), Deploy, setUp),
            new LocalLineEvent(At(3), Deploy, setUp, "Contents: read"),
            new LocalLineEvent(At(3), Deploy, setUp, "##[error]no such action"),
            new LocalStepEndedEvent(At(4), Deploy, setUp, Conclusion.Failed, TimeSpan.FromSeconds(1)));

        Assert.EndsWith("✗ test › own\n  │ before\n  │ warning: a\n  │ b\n\n✗ deploy › Set up job\n  │ error: no such action\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Machines_get_one_object_a_line()
    {
        using var output = new StringWriter();
        using var view = new JsonView(output);

        Array.ForEach(Script, view.Show);

        Golden.Check("events.jsonl", output.ToString());
    }

    private static DateTimeOffset At(int seconds) => Begin.AddSeconds(seconds);

    private static string Shown(RunViewOptions options) => Shown(options, Script);

    private static string Shown(RunViewOptions options, params RunEvent[] script)
    {
        using var output = new StringWriter();
        using var view = new TerminalView(output, options, TimeProvider.System);
        Array.ForEach(script, view.Show);
        view.Finish();
        return output.ToString().ReplaceLineEndings("\n");
    }
}
