using Runner.Agent.Configuration;
using Runner.Agent.Pools;
using Runner.Agent.Sources;
using Runner.GitHub.Registration;

namespace Runner.Agent.Tests.Sources;

public sealed class SweepRulesTests : IDisposable
{
    private readonly RunnerPool _pool = new(new PoolOptions { Name = "big", Labels = ["linux", "big"], MaxJobs = 1 }, "a-fghij", platforms: []);

    public void Dispose() => _pool.Dispose();

    public static TheoryData<string, bool, bool, string[], bool> Runners => new()
    {
        // name                      online busy   labels                        left over
        { "big-a-abcde-bcdfghjk",    false, false, ["self-hosted", "Linux", "big"], true },  // an agent that is gone
        { "big-a-abcde-bcdfghjk",    true,  false, ["linux", "big"],             false }, // its session lives
        { "big-a-abcde-bcdfghjk",    false, true,  ["linux", "big"],             false }, // it has a job
        { "big-a-living-bcdfghjk",   false, false, ["linux", "big"],             false }, // an agent that lives
        { "big-a-fghij-bcdfghjk",    false, false, ["linux", "big"],             true },  // ours, but not in use: its answer was lost
        { "big-a-fghij-zzzzzzzz",    false, false, ["linux", "big"],             false }, // in use
        { "big-a-abcde-bcdfghjk",    false, false, ["linux"],                    false }, // of somebody else
        { "big-machine",             false, false, ["linux", "big"],             false },
        { "big-a-abcde-aeiouaei",    false, false, ["linux", "big"],             false },
        { "bigger-a-abcde-bcdfghjk", false, false, ["linux", "big"],             false },
    };

    [Theory, MemberData(nameof(Runners))]
    public void Only_what_nobody_uses_is_left_over(string name, bool isOnline, bool isBusy, string[] labels, bool isLeftOver)
    {
        var runner = new RegisteredRunner(7, name, isOnline, isBusy) { Labels = [.. labels] };

        var suspects = SweepRules.Suspects([runner], _pool, new HashSet<string> { "big-a-fghij-zzzzzzzz" }, [RunnerName.Prefix("big", "a-living")]);

        Assert.Equal(isLeftOver, suspects.Contains(7));
    }
}
