using Docker.DotNet.Models;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.LocalRuns;

/// <summary><c>runner push --backend docker</c> on a real engine, with the real worker.</summary>
public sealed class LocalRunOnDockerTests : IDisposable
{
    private const int Limit = 180_000;

    private readonly DockerEngineFixture _engine;
    private readonly TempFolder _folder = new();

    public LocalRunOnDockerTests(DockerEngineFixture engine)
    {
        _engine = engine;
        Write(".actrc", $"backend: docker\ndocker:\n  host: {engine.Host}\n");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Checkout_is_in_the_container_and_what_the_job_does_to_it_is_nowhere_on_this_machine()
    {
        Write("data/hello.txt", "hello from the laptop");
        Write("run.sh", "#!/bin/sh\necho the script runs\n");
        File.SetUnixFileMode(_folder["run.sh"], (UnixFileMode)0b111_101_101);

        using var run = await RunAsync("""
            build:
              runs-on: ubuntu-latest
              outputs: {version: "${{ steps.v.outputs.version }}"}
              steps:
                - run: cat data/hello.txt; echo; ./run.sh; touch made-by-root; grep -c runner-checkouts /proc/self/mountinfo || true
                - {id: v, run: "echo version=1.2.3 >>$GITHUB_OUTPUT"}
            test:
              needs: build
              runs-on: ubuntu-latest
              steps: [{run: 'echo "got ${{ needs.build.outputs.version }} in $(pwd), $(ls | tr "\n" " ")"'}]
            """);

        Assert.True(run.Code == 0, run.Out + run.Error);
        Assert.Contains("hello from the laptop", run.Out, StringComparison.Ordinal);
        Assert.Contains("the script runs", run.Out, StringComparison.Ordinal);
        Assert.Contains(run.Lines, line => line.EndsWith("│   0", StringComparison.Ordinal));
        Assert.Contains("got 1.2.3 in /github/workspace, data run.sh", run.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["made-by-root"]));
        await NothingIsLeftAsync(run);
    }

    [Fact(Timeout = Limit)]
    public async Task Bound_checkout_is_the_workspace_itself()
    {
        using var run = await RunAsync("build: {runs-on: ubuntu-latest, steps: [{run: echo made >made.txt}]}", "--bind");

        Assert.True(run.Code == 0, run.Out + run.Error);
        Assert.Equal("made\n", await File.ReadAllTextAsync(_folder["made.txt"], Token));
        await NothingIsLeftAsync(run);
    }

    [Fact(Timeout = Limit)]
    public async Task Service_has_files_of_the_checkout_from_its_start()
    {
        Write("site/page", "the page of the checkout");

        using var run = await RunAsync($$$"""
            build:
              runs-on: ubuntu-latest
              services:
                web:
                  image: {{{DockerEngineFixture.Image}}}
                  entrypoint: httpd
                  command: -f -p 8321 -h /srv
                  volumes: ["${{ github.workspace }}/site:/srv:ro"]
              steps: [{run: 'for i in $(seq 100); do wget -qO- http://web:8321/page && exit; sleep 0.1; done; exit 1'}]
            """);

        Assert.True(run.Code == 0, run.Out + run.Error);
        Assert.Contains("the page of the checkout", run.Out, StringComparison.Ordinal);
        await NothingIsLeftAsync(run);
    }

    [Fact(Timeout = Limit)]
    public async Task Interrupt_cancels_the_job_runs_its_last_steps_and_leaves_nothing()
    {
        using var run = Start("""
            build:
              runs-on: ubuntu-latest
              steps:
                - run: echo it began; sleep 600
                - {if: cancelled(), run: echo cleaned up}
            """);
        await run.PrintedAsync("it began", Token);
        run.Interrupt();
        await run.EndAsync(Token);

        Assert.Equal(130, run.Code);
        Assert.Contains(run.Lines, line => line.EndsWith("cleaned up", StringComparison.Ordinal) && !line.Contains("echo", StringComparison.Ordinal));
        await NothingIsLeftAsync(run);
    }

    [Fact(Timeout = Limit)]
    public async Task Container_of_a_failed_job_is_kept_where_that_is_asked_for_and_said_so()
    {
        const string Jobs = "build: {runs-on: ubuntu-latest, steps: [{run: echo made >made.txt; exit 3}]}";
        using var run = await RunAsync(Jobs, "--rm=false");

        Assert.Equal(1, run.Code);
        var told = Assert.Single(run.Lines, line => line.StartsWith("build: container runner-kept-ci-build-", StringComparison.Ordinal));
        var name = told.Split(' ')[2];
        var kept = await _engine.Client.Containers.InspectContainerAsync(name, Token);
        Assert.False(kept.State?.Running);

        using var again = await RunAsync(Jobs.Replace("exit 3", "exit 0", StringComparison.Ordinal), "--rm=false");
        Assert.True(again.Code == 0, again.Out + again.Error);
        await NothingIsLeftAsync(run);
        await NothingIsLeftAsync(again);
    }

    private async Task<LocalRun> RunAsync(string jobs, params string[] arguments) => await Start(jobs, arguments).EndAsync(Token);

    private LocalRun Start(string jobs, params string[] arguments)
    {
        Assert.SkipWhen(_engine.Missing is not null, _engine.Missing ?? string.Empty);
        Write(".github/workflows/ci.yml", $"on: push\njobs:\n{string.Join('\n', jobs.Split('\n').Select(line => $"  {line}"))}\n");
        return LocalRun.Start(_folder.FullPath, ["-P", $"ubuntu-latest={DockerEngineFixture.Image}", .. arguments]);
    }

    private async Task NothingIsLeftAsync(LocalRun run)
    {
        var label = $"act.nektos.com/launcher-pid={run.ProcessId}";
        var ofJobs = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [label] = true } };
        Assert.Empty(await _engine.Client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = ofJobs }, Token));
        Assert.Empty(await _engine.Client.Networks.ListNetworksAsync(new NetworksListParameters { Filters = ofJobs }, Token));
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name]) ?? string.Empty);
        File.WriteAllText(_folder[name], text);
    }
}
