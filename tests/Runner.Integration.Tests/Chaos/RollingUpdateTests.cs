using k8s;
using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Integration.Tests.Chaos;

/// <summary>Agents that are replaced one after the other, as a Deployment does it, while jobs run: each stops when its successor is there.</summary>
public sealed class RollingUpdateTests(ClusterFixture cluster, ITestOutputHelper output) : IDisposable
{
    private const int Updates = 2;

    private readonly TempFolder _folder = new();
    private readonly int _jobs = ChaosPlan.JobsOf("RUNNER_TEST_ROLLING_JOBS", usual: 6);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 900_000)]
    [InlineData("runners")]
    [InlineData("scaleset")]
    public async Task Jobs_that_run_keep_their_pods_run_once_and_are_green_whatever_becomes_of_their_agents(string mode)
    {
        var place = await AgentPlace.OfAsync("kubernetes", _folder, cluster, engine: null, Token);
        await using var marks = await MarkServer.StartAsync(place.Address, Token);
        await using var emulator = await EmulatorServer.StartAsync(new EmulatorOptions { ShareRunnerKey = true, ListenAddress = place.Address }, Token);
        using var http = new HttpClientFixture(emulator.Url);
        var agents = new List<AgentProcess> { await StartAsync(place, emulator, mode, 0) };
        try
        {
            var run = Queue(emulator, marks);
            await Until.TrueAsync(() => marks.Marks.Count == _jobs, Token);
            var before = await PodsAsync(place);

            for (var update = 1; update <= Updates; update++)
            {
                var agent = agents[^1];
                var next = await StartAsync(place, emulator, mode, update);
                agents.Add(next);
                await next.PrintedAsync(mode == "runners" ? "waits" : "[1134]", Token); // its runners wait for jobs, or it for the session
                var began = TimeProvider.System.GetTimestamp();
                await agent.StopAsync(Token);
                await next.PrintedAsync("[1207]", _jobs, Token); // adopted
                output.WriteLine($"{mode}: {_jobs} jobs were left and adopted in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");
                Assert.Equal(before, await PodsAsync(place));
                if (mode == "scaleset")
                {
                    await next.PrintedAsync("[1133]", Token); // else the one after it may be first to ask for the session
                }
            }

            marks.Open();
            var ended = await emulator.WaitForRunAsync(run.Id, Token);
            await place.EmptyAsync(Token);
            await agents[^1].StopAsync(Token);

            Assert.All(ended.Jobs, job => Assert.Equal((job.Name, Conclusion.Succeeded), (job.Name, job.Conclusion)));
            Assert.Equal(_jobs, before.Count);
            Assert.Equal(Enumerable.Range(0, _jobs).SelectMany(job => new[] { $"begun-{job}", $"ended-{job}" }).Order(StringComparer.Ordinal), marks.Marks.Order(StringComparer.Ordinal));
            Assert.Empty(await place.LeftAsync(Token));
            Assert.Equal(0, await http.RunnerCountAsync(Token));
        }
        finally
        {
            agents.ForEach(agent => agent.Dispose());
        }
    }

    private async Task<AgentProcess> StartAsync(AgentPlace place, EmulatorServer emulator, string mode, int update) => AgentProcess.Start(
        Repository.Artifact("runner"),
        await place.ConfigureAsync("kubernetes", emulator, mode, maxJobs: _jobs, $"agent-{update}", Token),
        _folder[$"agent-{update}.log"]);

    private RunInfo Queue(EmulatorServer emulator, MarkServer marks) => emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = $$$"""
            on: push
            jobs:
              one:
                strategy: {matrix: {n: [{{{string.Join(',', Enumerable.Range(0, _jobs))}}}]}}
                runs-on: self-hosted
                steps:
                  - {shell: sh, run: "{{{marks.Leave("begun-${{ matrix.n }}")}}}; {{{marks.Wait}}}; {{{marks.Leave("ended-${{ matrix.n }}")}}}"}
            """,
    });

    private async Task<List<(string Name, string Uid)>> PodsAsync(AgentPlace place)
    {
        var pods = await cluster.Connection.Client.CoreV1.ListNamespacedPodAsync(
            place.Namespace, labelSelector: ClusterFixture.JobObjects, cancellationToken: Token);
        return [.. pods.Items.Select(pod => (pod.Metadata.Name, pod.Metadata.Uid)).Order()];
    }
}
