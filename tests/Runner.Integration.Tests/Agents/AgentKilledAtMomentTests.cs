using Runner.Emulator;
using Runner.Emulator.Faults;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Agents;

/// <summary>An agent that is killed with <c>kill -9</c> at each moment of a job's life that has a name: the next agent brings the job to its end, which comes once.</summary>
public sealed class AgentKilledAtMomentTests(ClusterFixture cluster, DockerEngineFixture engine) : IDisposable
{
    private const int Limit = 120_000;
    private const string OlderServer = "runners of an older server";

    // Longer than any test takes: the call is made, and never carried out, as its client dies.
    private const double NeverCarriedOut = 600_000;

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Calls of the agent's: each is met before it is carried out, and with its answer on the way.</summary>
    public static MatrixTheoryData<string, bool, string> Calls => new(
        ["/generate-jitconfig", "/oauth/token", "/broker/session", "/broker/message", "/broker/acknowledge", "/acquirejob"], [false, true], ["runners"]);

    /// <summary>The same of a scale set; its registrations and messages are another service's.</summary>
    public static MatrixTheoryData<string, bool, string> CallsOfSets => new(
        ["/generatejitconfig", "/sessions", "/acquirejob"], [false, true], ["scaleset"]);

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = Limit), MemberData(nameof(Calls)), MemberData(nameof(CallsOfSets))]
    public async Task Job_runs_once_where_its_agent_dies_in_a_call(string call, bool isCarriedOut, string mode)
    {
        await using var emulator = await StartAsync();
        var fault = new Fault { Prefix = "/", Suffix = call, Requests = 1 };
        emulator.AddFault(isCarriedOut ? fault with { StallsAfter = 0 } : fault with { DelayMilliseconds = NeverCarriedOut, Passes = true });
        var configuration = await ConfigureAsync(emulator, mode);
        using var first = AgentProcess.Start(Repository.Artifact("runner"), configuration, _folder["first.log"]);
        var run = Queue(emulator);

        await Until.TrueAsync(() => emulator.Faults.Count == 0, Token);
        await first.KillAsync(Token);

        await EndsOnceAsync(emulator, run, configuration);
    }

    [Theory(Timeout = Limit)]
    [InlineData("taken by runner", "runners")]
    [InlineData("[1201]", "runners")] // launched
    [InlineData("[1202]", "runners")] // its worker runs
    [InlineData("[1204]", "runners")] // ended
    [InlineData("taken by runner", "scaleset")]
    [InlineData("[1202]", "scaleset")]
    public async Task Job_runs_once_where_its_agent_dies_with_these_words(string words, string mode)
    {
        await using var emulator = await StartAsync();
        var configuration = await ConfigureAsync(emulator, mode);
        using var first = AgentProcess.Start(Repository.Artifact("runner"), configuration, _folder["first.log"]);
        var run = Queue(emulator);

        await first.PrintedAsync(words, Token);
        await first.KillAsync(Token);

        await EndsOnceAsync(emulator, run, configuration);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_runs_once_where_its_agent_dies_while_the_worker_reports()
    {
        await using var emulator = await StartAsync();
        emulator.AddFault(new Fault { Prefix = "/", Suffix = "/completejob", Requests = 1, DelayMilliseconds = 1500, Passes = true });
        var configuration = await ConfigureAsync(emulator, "runners");
        using var first = AgentProcess.Start(Repository.Artifact("runner"), configuration, _folder["first.log"]);
        var run = Queue(emulator);

        await Until.TrueAsync(() => emulator.Faults.Count == 0, Token);
        await first.KillAsync(Token);

        await EndsOnceAsync(emulator, run, configuration);
    }

    [Theory(Timeout = Limit)]
    [InlineData("docker", "runners", true)]
    [InlineData("docker", OlderServer, true)]
    [InlineData("kubernetes", "runners", false)]
    [InlineData("kubernetes", "runners", true)]
    [InlineData("kubernetes", "scaleset", true)]
    [InlineData("kubernetes", OlderServer, false)]
    [InlineData("kubernetes", OlderServer, true)]
    public async Task Job_of_a_container_or_a_pod_runs_once_where_its_agent_dies_between_taking_and_launching(string backend, string mode, bool isTaken)
    {
        var (place, emulator, marks) = await StartAsync(backend, mode);
        await using var theirs = emulator;
        await using var mine = marks;
        emulator.AddFault(Taking(mode, isTaken));
        var name = $"agent-{Guid.NewGuid():N}"[..14]; // the engine is one for all tests
        var configuration = await place.ConfigureAsync(backend, emulator, Mode(mode), maxJobs: 1, name, Token);
        using var first = AgentProcess.Start(Repository.Artifact("runner"), configuration, _folder["first.log"]);
        var run = Queue(emulator, marks);

        await Until.TrueAsync(() => emulator.Faults.Count == 0, Token);
        await first.KillAsync(Token);

        await EndsOnceAsync(emulator, marks, place, run, configuration);
    }

    [Theory(Timeout = Limit)]
    [InlineData("docker", "[1201]", "runners")] // launched
    [InlineData("kubernetes", "taken by runner", "runners")]
    [InlineData("kubernetes", "[1201]", "runners")]
    [InlineData("host", "taken by runner", OlderServer)]
    [InlineData("host", "[1202]", OlderServer)] // its worker runs
    public async Task Job_runs_once_wherever_its_agent_dies_with_these_words(string backend, string words, string mode)
    {
        var (place, emulator, marks) = await StartAsync(backend, mode);
        await using var theirs = emulator;
        await using var mine = marks;
        var name = $"agent-{Guid.NewGuid():N}"[..14];
        var configuration = await place.ConfigureAsync(backend, emulator, Mode(mode), maxJobs: 1, name, Token);
        using var first = AgentProcess.Start(Repository.Artifact("runner"), configuration, _folder["first.log"]);
        var run = Queue(emulator, marks);

        await first.PrintedAsync(words, Token);
        await first.KillAsync(Token);

        await EndsOnceAsync(emulator, marks, place, run, configuration);
    }

    private static string Mode(string mode) => mode == OlderServer ? "runners" : mode;

    // With the older protocol a job is taken by the first renewal of its lock.
    private static Fault Taking(string mode, bool isTaken)
    {
        var fault = mode == OlderServer
            ? new Fault { Prefix = "/broker/_apis/v9/pipelinework/groups/1/locks/", Requests = 1 }
            : new Fault { Prefix = "/", Suffix = "/acquirejob", Requests = 1 };
        return isTaken ? fault with { StallsAfter = 0 } : fault with { DelayMilliseconds = NeverCarriedOut, Passes = true };
    }

    private async Task<(AgentPlace Place, EmulatorServer Emulator, MarkServer Marks)> StartAsync(string backend, string mode)
    {
        var place = await AgentPlace.OfAsync(backend, _folder, cluster, engine, Token);
        var emulator = await EmulatorServer.StartAsync(
            new EmulatorOptions
            {
                ShareRunnerKey = true,
                ListenAddress = place.Address,
                Protocol = mode == OlderServer ? EmulatorProtocol.V1 : EmulatorProtocol.V2,
                ScaleSetSessionDuration = TimeSpan.FromSeconds(2),
                OfferDuration = TimeSpan.FromSeconds(4),
            },
            Token);
        return (place, emulator, await MarkServer.StartAsync(place.Address, Token));
    }

    private static RunInfo Queue(EmulatorServer emulator, MarkServer marks) => emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = $"on: push\njobs:\n  one:\n    runs-on: self-hosted\n    steps: [{{shell: sh, run: '{marks.Leave("ran")}'}}]\n",
    });

    private async Task EndsOnceAsync(EmulatorServer emulator, MarkServer marks, AgentPlace place, RunInfo run, string configuration)
    {
        using var second = AgentProcess.Start(Repository.Artifact("runner"), configuration, _folder["second.log"]);
        Assert.Equal(Conclusion.Succeeded, (await emulator.WaitForRunAsync(run.Id, Token)).Conclusion);
        Assert.Equal(Conclusion.Succeeded, (await emulator.WaitForRunAsync(Queue(emulator, marks).Id, Token)).Conclusion);

        Assert.Equal(["ran", "ran"], marks.Marks);
        await place.EmptyAsync(Token);
    }

    private static Task<EmulatorServer> StartAsync() => EmulatorServer.StartAsync(
        new EmulatorOptions { ShareRunnerKey = true, ScaleSetSessionDuration = TimeSpan.FromSeconds(2), OfferDuration = TimeSpan.FromSeconds(4) }, Token);

    private RunInfo Queue(EmulatorServer emulator) => emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = $"on: push\njobs:\n  one:\n    runs-on: self-hosted\n    steps: [{{shell: sh, run: 'echo ran >>{_folder["marks"]}'}}]\n",
    });

    /// <summary>Another agent takes over: the job is green, its step ran once, and the agent goes on to take the next job.</summary>
    private async Task EndsOnceAsync(EmulatorServer emulator, RunInfo run, string configuration)
    {
        using var second = AgentProcess.Start(Repository.Artifact("runner"), configuration, _folder["second.log"]);
        Assert.Equal(Conclusion.Succeeded, (await emulator.WaitForRunAsync(run.Id, Token)).Conclusion);
        Assert.Equal(Conclusion.Succeeded, (await emulator.WaitForRunAsync(Queue(emulator).Id, Token)).Conclusion);

        Assert.Equal(["ran", "ran"], await File.ReadAllLinesAsync(_folder["marks"], Token));
        await Until.TrueAsync(() => Directory.GetDirectories(_folder["jobs"], "job-*").Length == 0, Token);
    }

    private async Task<string> ConfigureAsync(EmulatorServer emulator, string mode)
    {
        await File.WriteAllTextAsync(_folder["token"], "emulator", Token);
        await File.WriteAllTextAsync(
            _folder["runner.yaml"],
            $$"""
            backend: host
            host: {root: "{{_folder["jobs"]}}", worker: "{{TestWorker.Real()}}"}
            github: {url: "{{emulator.Url}}acme", auth: {tokenFile: "{{_folder["token"]}}"} }
            pools: [{name: test, labels: [self-hosted], maxJobs: 1, mode: {{mode}}}]
            monitoring: {enabled: false}
            agent: {instance: agent-1, adoptionInterval: 500ms}
            """,
            Token);
        return _folder["runner.yaml"];
    }
}
