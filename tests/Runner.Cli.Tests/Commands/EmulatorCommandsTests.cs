using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Protocol.Registration;
using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

public sealed class EmulatorCommandsTests : IAsyncLifetime
{
    private const string Workflow = "name: hello\non: push\njobs:\n  one:\n    runs-on: self-hosted\n    steps:\n      - run: echo hello\n";

    private readonly TempFolder _folder = new();
    private EmulatorServer? _emulator;
    private string _file = string.Empty;

    private string Url => _emulator!.Url.AbsoluteUri; // made before each test

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _emulator = await EmulatorServer.StartAsync(new EmulatorOptions(), Token);
        _file = _folder["hello.yml"];
        await File.WriteAllTextAsync(_file, Workflow, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _emulator!.DisposeAsync(); // made before each test
        _folder.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_is_queued_listed_and_cancelled()
    {
        var queued = await Cli.RunAsync("emulator", "queue", _file, "--url", Url);
        var runs = await Cli.RunAsync("emulator", "runs", "--url", Url);
        var jobs = await Cli.RunAsync("emulator", "jobs", "1", "--url", Url);
        var cancelled = await Cli.RunAsync("emulator", "cancel", "1", "--url", Url);
        var after = await Cli.RunAsync("emulator", "jobs", "1", "--url", Url);

        Assert.Equal((0, "run 1: hello queued with 1 job(s); see 'runner emulator jobs 1'\n"), (queued.Code, queued.Out.ReplaceLineEndings("\n")));
        Assert.Matches(@"RUN +WORKFLOW +EVENT +CONCLUSION +JOBS +QUEUED *\n1 +hello +push +- +0/1 +20", runs.Out);
        Assert.Matches(@"\none +queued +- ", jobs.Out);
        Assert.Equal("run 1 is cancelled\n", cancelled.Out.ReplaceLineEndings("\n"));
        Assert.Matches(@"\none +completed +canceled ", after.Out);
    }

    [Fact(Timeout = 60_000)]
    public async Task Followed_run_that_does_not_succeed_ends_with_1()
    {
        var following = Cli.RunAsync("emulator", "queue", _file, "--url", Url, "--follow");
        await foreach (var happened in _emulator!.ReadEventsAsync(0, Token)) // made before each test
        {
            if (happened.RunId == 1)
            {
                break;
            }
        }

        _emulator.CancelRun(1);
        var result = await following;

        Assert.Equal(1, result.Code);
        Assert.Contains("cancelled", result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Wrong_workflow_is_told_with_its_place_and_ends_with_2()
    {
        await File.WriteAllTextAsync(_file, Workflow.Replace("runs-on", "run-son", StringComparison.Ordinal), Token);

        var result = await Cli.RunAsync("emulator", "queue", _file, "--url", Url);

        Assert.Equal(2, result.Code);
        Assert.Contains("hello.yml (Line: 5", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_configures_GitHubs_own_runner_is_printed_alone()
    {
        var token = await Cli.RunAsync("emulator", "token", "acme", "--url", Url);
        var config = await Cli.RunAsync("emulator", "jitconfig", "acme/app", "--name", "pod-7", "--label", "gpu", "--url", Url);
        var again = await Cli.RunAsync("emulator", "jitconfig", "acme/app", "--name", "pod-7", "--url", Url);

        Assert.Equal(3, token.Out.Trim().Split('.').Length);
        var settings = JitConfig.Decode(config.Out).Settings;
        Assert.Equal(("pod-7", new Uri(_emulator!.Url, "acme/app").AbsoluteUri, true), (settings.AgentName, settings.GitHubUrl, settings.Ephemeral)); // made before each test
        Assert.Equal((78, "runner: A runner of that name is registered already: give another one by --name\n"), (again.Code, again.Error.ReplaceLineEndings("\n")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Workflows_that_a_queued_one_calls_are_sent_along_and_the_ref_is_the_events()
    {
        var folder = Directory.CreateDirectory(_folder[".github/workflows"]).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "ci.yml"), "on: {push: {branches: [topic]}}\njobs: {call: {uses: ./.github/workflows/build.yml}}\n", Token);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "build.yml"), Workflow.Replace("on: push", "on: workflow_call", StringComparison.Ordinal), Token);

        var other = await Cli.RunAsync("emulator", "queue", Path.Combine(folder, "ci.yml"), "--url", Url);
        var queued = await Cli.RunAsync("emulator", "queue", Path.Combine(folder, "ci.yml"), "--ref", "topic", "--url", Url);

        Assert.Equal(2, other.Code);
        Assert.Contains(".github/workflows/ci.yml does not run: branch 'main'", other.Error, StringComparison.Ordinal);
        Assert.Equal(0, queued.Code);
        Assert.Equal("call / one", Assert.Single(_emulator!.FindRun(2)!.Jobs).Name); // made before each test; the number of the other is used up
    }

    [Fact(Timeout = 60_000)]
    public async Task Neighbour_that_cannot_be_read_is_told_and_left_out()
    {
        var folder = Directory.CreateDirectory(_folder[".github/workflows"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "ci.yml"), Workflow, Token);
        File.CreateSymbolicLink(Path.Combine(folder, "old.yml"), "gone");

        var queued = await Cli.RunAsync("emulator", "queue", Path.Combine(folder, "ci.yml"), "--url", Url);

        Assert.Equal(
            (0, $"{folder}/old.yml: This is no file but a link to 'gone', where none is; it is left out\n"), (queued.Code, queued.Error.ReplaceLineEndings("\n")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Secret_without_value_comes_from_the_environment_or_is_missed()
    {
        var there = await Cli.RunAsync(new Dictionary<string, string> { ["KEY"] = "x" }, "emulator", "queue", _file, "--url", Url, "--secret", "KEY");
        var missing = await Cli.RunAsync("emulator", "queue", _file, "--url", Url, "--secret", "KEY");

        Assert.Equal(0, there.Code);
        Assert.Equal(
            (78, "runner: --secret: 'KEY' has no value, and the environment has no variable of that name\n"), (missing.Code, missing.Error.ReplaceLineEndings("\n")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_and_job_that_are_not_there_are_told()
    {
        await Cli.RunAsync("emulator", "queue", _file, "--url", Url);

        Assert.Equal("There is no run 7; see 'runner emulator runs'\n", (await Cli.RunAsync("emulator", "jobs", "7", "--url", Url)).Error.ReplaceLineEndings("\n"));
        Assert.Equal("Run 1 has no job 'on', only: one; did you mean 'one'?\n", (await Cli.RunAsync("emulator", "log", "1", "on", "--url", Url)).Error.ReplaceLineEndings("\n"));
        Assert.Equal("Job 'one' has no log yet\n", (await Cli.RunAsync("emulator", "log", "1", "--url", Url)).Error.ReplaceLineEndings("\n"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Emulator_that_is_not_there_is_told()
    {
        var result = await Cli.RunAsync("emulator", "runs", "--url", "http://127.0.0.1:1");

        Assert.Equal(69, result.Code);
        Assert.StartsWith("runner: No emulator answers at http://127.0.0.1:1/", result.Error, StringComparison.Ordinal);
    }
}
