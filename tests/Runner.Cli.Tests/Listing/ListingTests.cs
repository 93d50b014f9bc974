using Runner.Testing;

namespace Runner.Cli.Tests.Listing;

public sealed class ListingTests : IDisposable
{
    private const string Ci = """
        name: CI
        on: [push, pull_request]
        jobs:
          lint:
            runs-on: ubuntu-latest
            steps: [{run: make lint}]
          build:
            name: Build ${{ matrix.os }}
            strategy: {matrix: {os: [a, b]}}
            runs-on: ubuntu-latest
            steps: [{run: make}]
          deploy:
            needs: [lint, build]
            runs-on: ubuntu-latest
            steps: [{run: make deploy}]
        """;

    private const string Nightly = """
        on: {schedule: [{cron: '0 3 * * *'}], workflow_dispatch: }
        jobs:
          scan:
            runs-on: self-hosted
            steps: [{run: ./scan}]
        """;

    private readonly TempFolder _folder = new();

    public ListingTests()
    {
        Write("ci.yml", Ci);
        Write("deep/nightly.yaml", Nightly);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("list.txt", "-l")]
    [InlineData("list-event.txt", "push", "-l")]
    [InlineData("list-job.txt", "-l", "-j", "lint")]
    [InlineData("list.jsonl", "-l", "--json")]
    [InlineData("graph.txt", "--graph")]
    public async Task Jobs_are_listed(string golden, params string[] args)
    {
        var result = await RunAsync(args);

        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        Golden.Check(golden, string.Join('\n', result.Out.Split('\n').Select(line => line.TrimEnd())));
    }

    [Fact]
    public async Task Folders_below_are_left_out_on_demand()
    {
        var result = await RunAsync("-l", "--no-recurse");

        Assert.DoesNotContain("scan", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_of_a_workflow_are_told_and_the_others_are_listed()
    {
        Write("bad.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    step: []\n");

        var result = await RunAsync("-l");

        Assert.Equal(2, result.Code);
        Assert.Contains(".github/workflows/bad.yml:5:5: Unexpected value 'step'", result.Error, StringComparison.Ordinal);
        Assert.Contains("lint", result.Out, StringComparison.Ordinal);
    }

    public static TheoryData<string[], string> Mistakes => new()
    {
        { ["-l", "-j", "biuld"],  "runner: --job: no workflow has a job 'biuld'; did you mean 'build'?\n" },
        { ["psuh", "-l"],         "runner: there is no workflow for event 'psuh' and no such command: workflows run for push, pull_request, schedule, workflow_dispatch; did you mean 'push'?\n" },
        { ["list"],               "runner: there is no workflow for event 'list' and no such command: workflows run for push, pull_request, schedule, workflow_dispatch; did you mean '--list'?\n" },
        { ["-l", "-W", "nope"],   "runner: --workflows: there is no file or folder 'nope'; -C names the checkout, -W the workflows in it\n" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public async Task What_is_not_there_is_told(string[] args, string expected)
    {
        var result = await RunAsync(args);

        Assert.Equal((2, expected), (result.Code, result.Error.ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task Flag_of_act_that_does_nothing_here_says_so()
    {
        var result = await RunAsync("-l", "--reuse", "--rebuild");

        Assert.Equal(0, result.Code);
        Assert.Equal(
            "runner: --reuse has no effect: every job gets a fresh place, as on GitHub; the tool cache and images stay\n"
            + "runner: --rebuild has no effect: such images are built again whenever their files changed\n",
            result.Error.ReplaceLineEndings("\n"));
    }

    private Task<CliResult> RunAsync(params string[] args) => Cli.RunAsync(["-C", _folder.FullPath, .. args]);

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullPath, ".github", "workflows", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? string.Empty);
        File.WriteAllText(path, text);
    }
}
