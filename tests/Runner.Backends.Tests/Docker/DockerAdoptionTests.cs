using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Backends.Docker;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Backends.Tests.Docker;

/// <summary>Containers of a real engine that a launcher left which is gone: their labels name a process that does not run.</summary>
public sealed class DockerAdoptionTests : IDisposable
{
    private static readonly Jobs.Secrets.Secret Key = OutcomeProof.NewKey();

    private static readonly string Worker = $"payload='\"outcomeKey\":\"{Key.Reveal()}\"'\n{StandIn.Outcome}\n" +
        "conclude() { mkdir -p /runner/spool; outcome_of canceled reported >/runner/spool/outcome.json; }; sleep 1000 & trap 'kill $!; conclude; exit 0' USR2; echo ready; wait $!";

    private static readonly ProcessMark Gone = new(int.MaxValue, 0);

    private readonly DockerEngineFixture _engine;
    private readonly TempFolder _temp = new();
    private readonly string _instance = $"test-{Guid.NewGuid():N}";

    public DockerAdoptionTests(DockerEngineFixture engine)
    {
        _engine = engine;
        Assert.SkipWhen(engine.Missing is not null, engine.Missing ?? string.Empty);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact(Timeout = 180_000)]
    public async Task Job_of_an_agent_that_is_gone_is_adopted_once_cancelled_and_cleaned_up()
    {
        var launch = Launch(ReportingTarget.GitHub);
        await LeaveAsync(launch);
        using var agent = Backend();
        using var other = Backend();

        var adopted = Assert.Single(await agent.AdoptAsync(Token));
        var again = await agent.AdoptAsync(Token);
        var byOther = await other.AdoptAsync(Token);
        await adopted.CancelAsync(TimeSpan.FromSeconds(60), Token);
        var end = await adopted.Ended;
        await adopted.DisposeAsync();

        Assert.Empty(again);
        Assert.Empty(byOther);
        Assert.Equal((launch.JobId, launch.Pool, launch.Job.JobDisplayName), (adopted.JobId, adopted.Launch.Pool, adopted.Launch.Job.JobDisplayName));
        Assert.Equal(Conclusion.Canceled, end.Outcome?.Conclusion);
        Assert.True(end.WorkerStarted);
        Assert.Empty(await ContainersAsync(launch));
    }

    [Fact(Timeout = 180_000)]
    public async Task Job_that_an_agent_lets_go_of_is_there_for_the_next()
    {
        var launch = Launch(ReportingTarget.GitHub);
        await LeaveAsync(launch);
        using var first = Backend();
        using var second = Backend();

        var handle = Assert.Single(await first.AdoptAsync(Token));
        handle.Release();
        await handle.DisposeAsync();
        var next = Assert.Single(await second.AdoptAsync(Token));
        await next.DisposeAsync();

        Assert.Equal(launch.JobId, next.JobId);
        Assert.Empty(await ContainersAsync(launch));
    }

    [Fact(Timeout = 180_000)]
    public async Task Job_of_a_local_run_that_was_killed_is_removed_by_the_next_launcher()
    {
        var launch = Launch(ReportingTarget.Launcher);
        await LeaveAsync(launch);
        using var backend = Backend();

        var adopted = await backend.AdoptAsync(Token);

        Assert.Empty(adopted);
        Assert.Empty(await ContainersAsync(launch));
    }

    [Fact(Timeout = 180_000)]
    public async Task Container_that_was_kept_for_people_is_left_alone_by_later_launchers()
    {
        var launch = Launch(ReportingTarget.Launcher);
        await LeaveAsync(launch);
        var id = Assert.Single(await ContainersAsync(launch)).ID;
        await _engine.Client.Containers.RenameContainerAsync(id, new ContainerRenameParameters { NewName = DockerLabels.KeptName("ci-build") }, Token);
        using var backend = Backend();

        await backend.AdoptAsync(Token);

        Assert.Single(await ContainersAsync(launch));
        await _engine.Client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true }, Token);
    }

    private static JobLaunch Launch(ReportingTarget reporting) => new()
    {
        Job = Some.Job(),
        Runner = Some.Runner(),
        Pool = "small",
        MessageSeen = DateTimeOffset.UnixEpoch,
        Reporting = reporting,
    };

    private async Task LeaveAsync(JobLaunch launch)
    {
        var options = new DockerOptions { Instance = _instance };
        var request = new DockerSpecBuilder(launch, DockerEngineFixture.Image, options, DockerLabels.Of(launch.JobId, _instance, Gone), DateTimeOffset.UnixEpoch, Key).Job(network: null, externals: null);
        request.Entrypoint = ["/bin/sh"];
        request.Cmd = ["-c", Worker];
        var container = await _engine.Client.Containers.CreateContainerAsync(request, Token);
        await _engine.Client.Containers.StartContainerAsync(container.ID, new ContainerStartParameters(), Token);
        using var output = await _engine.Client.Containers.GetContainerLogsAsync(container.ID, new ContainerLogsParameters { ShowStdout = true, Follow = true }, Token);
        await output.ReadOutputAsync(new byte[16], 0, 16, Token); // it has its trap by now
    }

    private DockerBackend Backend()
    {
        File.WriteAllText(_temp["worker"], "#!/bin/sh\n");
        return new DockerBackend(
            new DockerOptions { Host = _engine.Host, WorkerPath = _temp["worker"], Instance = _instance }, TimeProvider.System, NullLogger<DockerBackend>.Instance);
    }

    private Task<IList<ContainerListResponse>> ContainersAsync(JobLaunch launch) => _engine.Client.Containers.ListContainersAsync(
        new ContainersListParameters
        {
            All = true,
            Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"act.nektos.com/job-id={launch.JobId}"] = true } },
        },
        Token);
}
