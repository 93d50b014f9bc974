using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Integration.Tests.Chaos;

/// <summary>How long a scale set is nobody's when the agent goes that has its session; two agents with the times that they have by default.</summary>
public sealed class HandOverTests(ClusterFixture cluster, ITestOutputHelper output) : IDisposable
{
    private const string HasSession = "[1133]";
    private const string WaitsForSession = "[1134]";

    // An agent that waits asks every 3 s.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    // GitHub's number is not known: what is measured is the time beyond it.
    private static readonly TimeSpan SessionLives = TimeSpan.FromSeconds(4);

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Session_of_a_set_is_the_other_agents_within_five_seconds_after_it_is_free(bool isKilled)
    {
        var place = await AgentPlace.OfAsync("host", _folder, cluster, engine: null, Token);
        await using var marks = await MarkServer.StartAsync(place.Address, Token);
        await using var emulator = await EmulatorServer.StartAsync(new EmulatorOptions { ShareRunnerKey = true, ScaleSetSessionDuration = SessionLives }, Token);
        using var first = await StartAsync(place, emulator, "agent-1");
        await first.PrintedAsync(HasSession, Token);
        using var second = await StartAsync(place, emulator, "agent-2");
        await second.PrintedAsync(WaitsForSession, Token);

        var began = TimeProvider.System.GetTimestamp();
        var stopped = isKilled ? first.KillAsync(Token) : first.StopAsync(Token);
        var run = emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = $"on: push\njobs:\n  one:\n    runs-on: self-hosted\n    steps: [{{shell: sh, run: '{marks.Leave("ran")}'}}]\n",
        });
        await second.PrintedAsync(HasSession, Token);
        var took = TimeProvider.System.GetElapsedTime(began);
        await Until.TrueAsync(() => marks.Marks.Count > 0, Token);
        var ran = TimeProvider.System.GetElapsedTime(began);
        await stopped;
        var ended = await emulator.WaitForRunAsync(run.Id, Token);

        output.WriteLine(
            $"{(isKilled ? $"killed, its session lives {SessionLives.TotalSeconds} s longer" : "stopped")}: session after {took.TotalMilliseconds:0} ms, first step of a job after {ran.TotalMilliseconds:0} ms");
        Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
        Assert.InRange(took - (isKilled ? SessionLives : TimeSpan.Zero), TimeSpan.Zero, Longest);
    }

    /// <summary>GitHub's patience with a killed agent's session is not known, so it is not waited for where somebody knows that the agent is gone.</summary>
    [Theory(Timeout = 180_000)]
    [InlineData("host", "agent-1", 5)] // its own next life
    [InlineData("kubernetes", "agent-2", 90)] // another one, once the Lease of the first has run out
    public async Task Session_of_a_killed_agent_is_ended_by_whoever_knows_that_it_is_gone(string backend, string successor, int mostSeconds)
    {
        var place = await AgentPlace.OfAsync(backend, _folder, cluster, engine: null, Token);
        await using var emulator = await EmulatorServer.StartAsync(
            new EmulatorOptions { ShareRunnerKey = true, ListenAddress = place.Address, ScaleSetSessionDuration = TimeSpan.FromHours(1) }, Token);
        using var first = await StartAsync(place, emulator, "agent-1", backend);
        await first.PrintedAsync(HasSession, Token);

        await first.KillAsync(Token);
        var began = TimeProvider.System.GetTimestamp();
        using var second = await StartAsync(place, emulator, successor, backend, "again");
        await second.PrintedAsync(HasSession, Token);
        var took = TimeProvider.System.GetElapsedTime(began);

        output.WriteLine($"killed on {backend}: its session is {successor}'s after {took.TotalMilliseconds:0} ms");
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(mostSeconds));
        await second.StopAsync(Token);
    }

    private async Task<AgentProcess> StartAsync(AgentPlace place, EmulatorServer emulator, string name, string backend = "host", string life = "") => AgentProcess.Start(
        Repository.Artifact("runner"), await place.ConfigureAsync(backend, emulator, "scaleset", maxJobs: 2, name, Token), _folder[$"{name}{life}.log"]);
}
