using System.Text;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Backends.Docker;
using Runner.Jobs.Containers;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Testing.Docker;

[assembly: AssemblyFixture(typeof(Runner.Testing.Docker.DockerEngineFixture))]

namespace Runner.Backends.Tests.Docker;

/// <summary>A real engine; a shell script stands in for the worker and keeps its rules: payload on standard input, outcome in a file.</summary>
public sealed class DockerBackendTests : IDisposable
{
    private const string ReadPayload = """
        #!/bin/sh
        payload=$(cat)
        conclude() { outcome_of succeeded reported "$1" >/runner/spool/outcome.json; }

        """ + StandIn.Outcome;

    private static readonly string Busy = "trap 'kill $!; conclude cancelled; exit 0' USR2; sleep 1000 & wait $!\n";

    private readonly DockerEngineFixture _engine;
    private readonly TempFolder _temp = new();

    public DockerBackendTests(DockerEngineFixture engine)
    {
        _engine = engine;
        Assert.SkipWhen(engine.Missing is not null, engine.Missing ?? string.Empty);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact(Timeout = 180_000)]
    public async Task Outcome_of_the_worker_is_that_of_the_job_and_nothing_is_left()
    {
        using var backend = Backend("cd /github/workspace && : >made && conclude \"$(id -u) $PWD\"");
        var launch = Launch();

        var handle = await backend.LaunchAsync(launch, Token);
        var end = await handle.Ended;
        await handle.DisposeAsync();

        Assert.Equal("0 /github/workspace", end.Outcome?.Reason);
        Assert.True(end.WorkerStarted);
        await AssertNothingLeftAsync(launch);
    }

    [Theory(Timeout = 180_000)]
    [InlineData("",                "0 0 0 0")]
    [InlineData("--user 1001",     "1001 0 1001 0")]
    [InlineData("--user 1001:121", "1001 121 1001 121")]
    public async Task Workspace_and_home_are_the_users_own(string options, string expected)
    {
        using var backend = Backend("owner() { ls -ldn \"$1\" | sed 's/^[^ ]* *[0-9]* *\\([0-9]*\\) *\\([0-9]*\\) .*/\\1 \\2/'; }; conclude \"$(owner /github/workspace) $(owner /home/runner)\"");
        var container = new JobContainer { Image = DockerEngineFixture.Image, Options = ContainerOptionsParser.Parse(options, "container.options") };

        await using var handle = await backend.LaunchAsync(Launch(new JobContainers { Job = container }), Token);

        Assert.Equal(expected, (await handle.Ended).Outcome?.Reason);
    }

    [Fact(Timeout = 180_000)]
    public async Task Payload_is_nowhere_to_be_seen_at_the_engine()
    {
        using var backend = Backend("""case "$payload" in *s3cr3t-of-the-job*) conclude seen;; esac""");
        var launch = Launch(new JobContainers
        {
            Job = new JobContainer { Image = DockerEngineFixture.Image, Environment = [new("PASSWORD", "s3cr3t-of-the-job")] },
        });

        await using var handle = await backend.LaunchAsync(launch, Token);
        var end = await handle.Ended;
        var container = await _engine.Client.Containers.InspectContainerAsync(Assert.Single(await ContainersAsync(launch)).ID, Token);

        Assert.Equal("seen", end.Outcome?.Reason);
        Assert.DoesNotContain("s3cr3t", System.Text.Json.JsonSerializer.Serialize(container), StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Service_is_reached_by_its_name_once_it_is_healthy()
    {
        using var backend = Backend("conclude \"$(wget -qO- http://web:8080/page) $(wget -qO- http://other:8080/page)\"");
        var launch = Launch(new JobContainers { Services = [Web("--health-cmd 'wget -qO- http://localhost:8080/page' --health-interval 300ms --network-alias other")] });

        var handle = await backend.LaunchAsync(launch, Token);
        var end = await handle.Ended;
        await handle.DisposeAsync();

        Assert.Equal("hello hello", end.Outcome?.Reason);
        await AssertNothingLeftAsync(launch);
    }

    [Fact(Timeout = 180_000)]
    public async Task Worker_is_told_of_a_service_that_is_unhealthy_with_its_log()
    {
        using var backend = Backend($"case \"$payload\" in *\"({DockerEngineFixture.Image}) is unhealthy (its check said: no page). The last it printed:\\nserving\"*) conclude told;; esac");

        // The check waits for the service, so that its log is there whenever the engine comes to check.
        const string Check = "until wget -qO /dev/null http://localhost:8080/page 2>/dev/null; do sleep 0.05; done; echo no page; false";
        var launch = Launch(new JobContainers { Services = [Web($"--health-cmd '{Check}' --health-interval 200ms --health-retries 2")] });

        var handle = await backend.LaunchAsync(launch, Token);
        var end = await handle.Ended;
        await handle.DisposeAsync();

        Assert.Equal("told", end.Outcome?.Reason);
        await AssertNothingLeftAsync(launch);
    }

    [Fact(Timeout = 180_000)]
    public async Task Worker_is_told_of_a_service_that_cannot_be_started_or_had()
    {
        using var backend = Backend("case \"$payload\" in *\"could not be started\"*) conclude unstartable;; *\"could not be had in 3 tries\"*) conclude missing;; esac");
        ServiceContainer[] services =
        [
            Web(string.Empty) with { Container = new JobContainer { Image = DockerEngineFixture.Image, Entrypoint = "/no/such/program" } },
            Web(string.Empty) with { Container = new JobContainer { Image = "localhost:1/missing:1" } },
        ];
        var reasons = new List<string?>();

        foreach (var service in services)
        {
            var launch = Launch(new JobContainers { Services = [service] });
            var handle = await backend.LaunchAsync(launch, Token);
            reasons.Add((await handle.Ended).Outcome?.Reason);
            await handle.DisposeAsync();
            await AssertNothingLeftAsync(launch);
        }

        Assert.Equal(["unstartable", "missing"], reasons);
    }

    [Fact(Timeout = 180_000)]
    public async Task Cancel_reaches_the_worker_which_concludes()
    {
        using var backend = Backend(Busy);
        var launch = Launch();

        var handle = await backend.LaunchAsync(launch, Token);
        await handle.Started;
        await handle.CancelAsync(TimeSpan.FromSeconds(60), Token);
        var end = await handle.Ended;
        await handle.DisposeAsync();

        Assert.Equal("cancelled", end.Outcome?.Reason);
        await AssertNothingLeftAsync(launch);
    }

    [Fact(Timeout = 180_000)]
    public async Task Worker_that_does_not_end_within_its_grace_is_killed_and_the_end_of_its_log_is_kept()
    {
        var left = Encoding.UTF8.GetString(LeftLog.ToJson(UnsentLog.Pack(position: 7, length: 16, "the last\n"u8)));
        using var backend = Backend($"echo '{left}' >{DockerPaths.Outcome}; trap '' USR2; while :; do sleep 1; done\n");
        var launch = Launch();

        await using var handle = await backend.LaunchAsync(launch, Token);
        await handle.Started;
        await handle.CancelAsync(TimeSpan.FromSeconds(1), Token);
        var end = await handle.Ended;

        Assert.Equal(FailureReason.WorkerDied, end.Failure);
        Assert.Equal("The worker did not end within 1 s after the job was cancelled and was killed", end.Message);
        Assert.Equal((7L, "the last\n"), (end.Unsent?.Position, end.Unsent?.Text()));
    }

    [Fact(Timeout = 180_000)]
    public async Task Job_that_is_cancelled_while_its_service_starts_leaves_nothing()
    {
        using var backend = Backend("conclude never");
        var launch = Launch(new JobContainers { Services = [Web("--health-cmd false --health-interval 60s")] });

        var handle = await backend.LaunchAsync(launch, Token);
        await handle.CancelAsync(TimeSpan.FromSeconds(60), Token);
        var end = await handle.Ended;
        await handle.DisposeAsync();

        Assert.Equal("The job was cancelled before its worker started", end.Message);
        Assert.False(end.WorkerStarted);
        await AssertNothingLeftAsync(launch);
    }

    [Fact(Timeout = 180_000)]
    public async Task What_an_ended_job_ran_in_stays_where_that_is_asked_for_until_the_same_job_runs_again()
    {
        using var backend = Backend("echo left >/github/workspace/note; conclude well");
        var launch = Launch() with { KeepAs = "ci-build/é-1" };
        string? told;
        await using (var handle = await backend.LaunchAsync(launch, Token))
        {
            Assert.Null(await handle.KeepAsync(Token)); // it runs
            await handle.Ended;
            told = await handle.KeepAsync(Token);
        }

        var kept = Assert.Single(await ContainersAsync(launch));
        Assert.Equal(["/runner-kept-ci-build---1"], kept.Names);
        Assert.Contains($"docker -H {_engine.Host} run --rm -it --volumes-from runner-kept-ci-build---1 ", told, StringComparison.Ordinal);
        var note = await _engine.Client.Containers.GetArchiveFromContainerAsync(
            kept.ID, new ContainerPathStatParameters { Path = "/github/workspace/note" }, statOnly: false, Token);
        Assert.Equal(5, note.Stat?.Size);
        note.Stream?.Dispose();

        var again = Launch() with { KeepAs = launch.KeepAs };
        await using (var handle = await backend.LaunchAsync(again, Token))
        {
            await handle.Ended;
        }

        await AssertNothingLeftAsync(launch);
        await AssertNothingLeftAsync(again);
    }

    [Fact(Timeout = 180_000)]
    public async Task Image_that_cannot_be_had_is_named()
    {
        using var backend = Backend("conclude never");
        var launch = Launch(new JobContainers { Job = new JobContainer { Image = "localhost:1/none:1" } });

        await using var handle = await backend.LaunchAsync(launch, Token);
        var end = await handle.Ended;

        Assert.Equal(FailureReason.ImagePull, end.Failure);
        Assert.StartsWith("The image 'localhost:1/none:1' could not be had in 3 tries: pull image localhost:1/none:1: ", end.Message, StringComparison.Ordinal);
    }

    private static ServiceContainer Web(string options) => new("web", new JobContainer
    {
        Image = DockerEngineFixture.Image,
        Entrypoint = "/bin/sh",
        Command = ["-c", "mkdir -p /www && echo -n hello >/www/page && echo serving && exec httpd -f -p 8080 -h /www"],
        Options = ContainerOptionsParser.Parse(options, "services.web.options"),
    });

    private static JobLaunch Launch(JobContainers? containers = null) => new()
    {
        Job = Some.Job(),
        Runner = Some.Runner(),
        Labels = ["ubuntu-latest"],
        Containers = containers ?? JobContainers.None,
        MessageSeen = DateTimeOffset.UnixEpoch,
    };

    private DockerBackend Backend(string script)
    {
        var worker = _temp["runner-worker"];
        File.WriteAllText(worker, ReadPayload + script);
        var options = new DockerOptions
        {
            Host = _engine.Host,
            WorkerPath = worker,
            Platforms = new Dictionary<string, string> { ["Ubuntu-Latest"] = DockerEngineFixture.Image },
        };
        return new DockerBackend(options, TimeProvider.System, NullLogger<DockerBackend>.Instance);
    }

    private Task<IList<ContainerListResponse>> ContainersAsync(JobLaunch launch) =>
        _engine.Client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = Filter(launch) }, Token);

    private async Task AssertNothingLeftAsync(JobLaunch launch)
    {
        Assert.Empty(await ContainersAsync(launch));
        Assert.Empty(await _engine.Client.Networks.ListNetworksAsync(new NetworksListParameters { Filters = Filter(launch) }, Token));
    }

    private static Dictionary<string, IDictionary<string, bool>> Filter(JobLaunch launch) =>
        new() { ["label"] = new Dictionary<string, bool> { [$"act.nektos.com/job-id={launch.JobId}"] = true } };
}
