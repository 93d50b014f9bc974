using System.Text;
using Runner.Execution.Commands;
using Runner.Testing;

namespace Runner.Execution.Tests.Commands;

/// <summary>What holds for any line of output. The seeds are fixed, so a failure comes again.</summary>
public sealed class CommandPropertyTests
{
    private const int Rounds = 5_000;

    private static readonly string[] Pieces =
    [
        "::", ":", "##[", "]", " ", ",", ";", "=", "%", "%25", "%0A", "%3A", "%2C", "%5D", "%0", "\u00A0", "é", "\0", "\u001b[31m", "a", "error", "warning",
        "notice", "set-output", "save-state", "set-env", "add-path", "add-mask", "debug", "group", "endgroup", "echo", "on", "off", "add-matcher",
        "remove-matcher", "stop-commands", "pause-logging", "token-of-mine", "name", "file", "line", "col", "endLine", "endColumn", "title", "owner", "99999999999",
        "-1", "../../etc/passwd", "\ud800",
    ];

    [Fact(Timeout = 120_000)]
    public Task No_line_makes_a_step_throw_or_swallow_more_than_commands() => Task.Run(() =>
    {
        var random = new Random(11);
        for (var run = 0; run < 20; run++)
        {
            using var step = new TestStep(variables: ("DistributedTask.EnhancedAnnotations", "true"));
            for (var round = 0; round < Rounds / 20; round++)
            {
                var line = Line(random);
                var printed = step.Lines.Count;

                step.Print(line);

                var holdsNone = !line.Contains("::", StringComparison.Ordinal) && !line.Contains("##[", StringComparison.Ordinal);
                Assert.True(!holdsNone || step.Lines.Count == printed + 1, line);
            }
        }
    }, TestContext.Current.CancellationToken);

    [Fact]
    public void Path_that_holds_a_zero_fails_its_command_only()
    {
        using var step = new TestStep();

        step.Print("::add-matcher::a\0b", "::remove-matcher::a\0b", "::error file=a\0b::text", "after");

        Assert.Equal(2, step.Lines.Count(line => line.StartsWith("##[error]Unable to process command", StringComparison.Ordinal)));
        Assert.Equal(["##[error]text", "after"], step.Lines.TakeLast(2));
    }

    [Fact]
    public void What_toolkits_escape_is_read_back()
    {
        var random = new Random(12);
        for (var round = 0; round < Rounds; round++)
        {
            var (data, title) = (Some.Text(random, 20), Some.Text(random, 20).Trim()); // blanks around a property are none of it
            var line = $"::warning title={EscapeProperty(title)},file=a::{EscapeData(data)}";

            Assert.True(CommandParser.TryParse(line, name => name == "warning", out var command), line);

            Assert.Equal(data, command.Data);
            Assert.Equal(title, command.Properties.GetValueOrDefault("title") ?? string.Empty);
        }
    }

    [Fact]
    public void Cheap_look_never_denies_a_line_that_holds_a_command()
    {
        var random = new Random(13);
        for (var round = 0; round < Rounds; round++)
        {
            var line = Line(random);

            var isCommand = CommandParser.TryParse(line, _ => true, out _);

            Assert.True(!isCommand || CommandParser.MayHoldCommand(Encoding.UTF8.GetBytes(line)), line);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("::error ", "a=b,")]
    [InlineData("::error::", "%25")]
    [InlineData("##[", "##[error")]
    [InlineData("", "::")]
    [InlineData("##[error ", "k=v;")]
    public Task Time_for_a_line_grows_with_its_length(string start, string repeated) => Task.Run(() =>
    {
        using var step = new TestStep();

        Growth.AssertLinear(length => step.Print(Long(start, repeated, length)), 2 * 1024 * 1024);
    }, TestContext.Current.CancellationToken);

    private static string Line(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    private static string Long(string start, string repeated, int length) => start + new StringBuilder().Insert(0, repeated, length / repeated.Length);

    private static string EscapeData(string text) => text.Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string EscapeProperty(string text) =>
        EscapeData(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
