using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Agent.Sources;
using Runner.Agent.Tests.Supervision;

namespace Runner.Agent.Tests.Sources;

public sealed class RegistrationSweepTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RunnerPool _pool = new(new PoolOptions { Name = "big", Labels = ["linux"], MaxJobs = 1 }, "b", platforms: []);
    private readonly ScriptedGitHub _github;

    public RegistrationSweepTests() => _github = new ScriptedGitHub(_time);

    public void Dispose() => _pool.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task What_an_agent_of_another_name_left_is_removed_at_the_second_look_and_a_lost_answers_within_the_hour()
    {
        _github.Registered[1] = "big-a-bcdfghjk";
        using var sweep = new RegistrationSweep(
            [_pool], _github, new ScriptedBackend(), new OwnRunners(), new AgentHealth(new SupervisionOptions(), _time), _time, NullLogger<RegistrationSweep>.Instance);
        await sweep.StartAsync(TestContext.Current.CancellationToken);
        var atFirst = _github.Registered.ContainsKey(1);

        await AdvanceUntilAsync(() => !_github.Registered.ContainsKey(1));
        _github.Registered[3] = "big-b-bcdfghjk";
        await AdvanceUntilAsync(() => !_github.Registered.ContainsKey(3));
        await sweep.StopAsync(TestContext.Current.CancellationToken);

        Assert.True(atFirst);
    }

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
