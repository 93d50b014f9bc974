using System.Diagnostics;
using System.Text.Json.Nodes;
using Runner.Testing;

namespace Runner.Cli.Tests.CommandLine;

public sealed class UsageTests
{
    public static TheoryData<string[], string> Mistakes => new()
    {
        { ["agnet"],                         "runner: unknown command 'agnet'; did you mean 'agent'?\n" },
        { ["--lits"],                        "runner: unknown flag '--lits' of 'runner'; did you mean '--list'?\nRun 'runner --help' for what there is.\n" },
        { ["scalset", "list"],               "runner: unknown command 'scalset'; did you mean 'scaleset'?\nRun 'runner --help' for what there is.\n" },
        { ["push", "now"],                   "runner: 'push' is taken for an event, and an event takes no further argument 'now'\nRun 'runner --help' for what there is.\n" },
        { ["emulator", "que"],               "runner: unknown command 'que'\nRun 'runner emulator --help' for what there is.\n" },
        { ["emulator", "queu"],              "runner: unknown command 'queu'; did you mean 'queue'?\nRun 'runner emulator --help' for what there is.\n" },
        { ["agent", "--confg", "x"],         "runner: unknown flag '--confg' of 'runner agent'; did you mean '--config'?\nrunner: 'runner agent' takes no further argument 'x'\nRun 'runner agent --help' for what there is.\n" },
        { ["emulator", "serve", "--prot=1"], "runner: unknown flag '--prot' of 'runner emulator serve'; did you mean '--port'?\nRun 'runner emulator serve --help' for what there is.\n" },
        { ["emulator", "queue"],             "runner: Required argument missing for command: 'queue'.\nRun 'runner emulator queue --help' for what there is.\n" },
        { ["--concurrent-jobs", "x"],        $"runner: --concurrent-jobs: 'x' was found, expected a whole number of at most {int.MaxValue}\nRun 'runner --help' for what there is.\n" },
        { ["--artifact-server-port", "a"],   $"runner: --artifact-server-port: 'a' was found, expected a whole number of at most {int.MaxValue}\nRun 'runner --help' for what there is.\n" },
        { ["emulator", "log", "x", "y"],     "runner: run: 'x' was found, expected a whole number\nRun 'runner emulator log --help' for what there is.\n" },
        { ["validate", "--template", "--permissions-policy", "x"], "runner: --permissions-policy: 'x' was found, expected one of Write, LimitedRead\nRun 'runner validate --help' for what there is.\n" },
        { ["completion", "tcsh"],            "runner: Argument 'tcsh' not recognized. Must be one of:\n\t'bash'\n\t'zsh'\n\t'fish'\nRun 'runner completion --help' for what there is.\n" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public async Task Mistake_is_told_with_what_was_meant(string[] args, string expected)
    {
        var result = await Cli.RunAsync(args);

        Assert.Equal(2, result.Code);
        Assert.Equal(expected, result.Error.ReplaceLineEndings("\n"));
        Assert.Empty(result.Out);
    }

    [Fact]
    public async Task Help_is_a_word_too()
    {
        var word = await Cli.RunAsync("help");
        var flag = await Cli.RunAsync("--help");

        Assert.Equal((0, flag.Out), (word.Code, word.Out));
    }

    [Theory]
    [InlineData("root")]
    [InlineData("agent", "agent")]
    [InlineData("status", "status")]
    [InlineData("logs", "logs")]
    [InlineData("emulator", "emulator")]
    [InlineData("emulator-serve", "emulator", "serve")]
    [InlineData("emulator-queue", "emulator", "queue")]
    public async Task Help_reads_well(string name, params string[] command)
    {
        var result = await Cli.RunAsync([.. command, "--help"]);

        Assert.Equal(0, result.Code);
        Golden.Check($"{name}.txt", result.Out.Replace("Runner.Cli.Tests", "runner", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData]
    [InlineData("emulator")]
    public async Task Command_that_only_groups_others_shows_them(params string[] command)
    {
        var result = await Cli.RunAsync(command);

        Assert.Equal(0, result.Code);
        Assert.Contains("Commands:", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_flags_are_listed_as_act_lists_its_own()
    {
        var options = JsonNode.Parse((await Cli.RunAsync("--list-options")).Out)!.AsArray();

        Assert.Contains(options, option => option!.ToJsonString() == """{"name":"workflows","default":".github/workflows","type":"string","description":"Workflow file, or folder of such files."}""");
        Assert.Contains(options, option => option!["name"]!.GetValue<string>() == "cache-server-path");
    }

    [Fact]
    public async Task Manual_page_has_every_flag_and_command()
    {
        var page = (await Cli.RunAsync("--man-page")).Out;

        Assert.StartsWith(".TH RUNNER 1\n", page, StringComparison.Ordinal);
        Assert.Contains(".BR \"\\-W, \\-\\-workflows\" \" PATH\"\n", page, StringComparison.Ordinal);
        Assert.Contains(".B validate\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_of_a_bug_names_what_is_set_and_no_values()
    {
        var result = await Cli.RunAsync(new Dictionary<string, string> { ["ACT_TOKEN"] = "hidden", ["PATH"] = "/usr/bin" }, "--bug-report");

        Assert.Equal(0, result.Code);
        Assert.Contains("environment: ACT_TOKEN\n", result.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_one_line() =>
        Assert.Matches(@"^runner \d+\.\d+\.\d+\s$", (await Cli.RunAsync("version")).Out);

    [Theory]
    [InlineData("runner ag", "agent")]
    [InlineData("runner emulator qu", "queue")]
    [InlineData("runner agent --con", "--config")]
    [InlineData("runner --secret-f", "--secret-file")]
    [InlineData("runner push --conc", "--concurrent-jobs")]
    public async Task Suggestions_for_shells_come_from_the_program(string line, string expected)
    {
        var result = await Cli.RunAsync($"[suggest:{line.Length}]", line);

        Assert.Contains(expected, result.Out.Split('\n').Select(suggestion => suggestion.Trim()));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("bash", "-n")]
    [InlineData("zsh", "-n")]
    [InlineData("fish", "--no-execute")]
    public async Task Completion_script_is_one_of_its_shell(string shell, string check)
    {
        Assert.SkipUnless(
            Path.Exists($"/bin/{shell}") || Path.Exists($"/usr/bin/{shell}"), $"{shell} is not installed: apt-get install {shell}");
        var script = (await Cli.RunAsync("completion", shell)).Out;

        using var process = Process.Start(new ProcessStartInfo(shell, [check]) { RedirectStandardInput = true, RedirectStandardError = true })!; // a shell that is there starts
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEmpty(script);
        Assert.Equal((0, string.Empty), (process.ExitCode, await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
    }
}
