using Runner.GitHub.Registration;

namespace Runner.GitHub.Tests.Registration;

public sealed class RunnerNameTests
{
    [Fact]
    public void Name_tells_pool_and_agent_and_is_new_each_time()
    {
        var prefix = RunnerName.Prefix("linux x64", "agent-0");

        var first = RunnerName.New(prefix);
        var second = RunnerName.New(prefix);

        Assert.Equal("linux-x64-agent-0-", prefix);
        Assert.StartsWith(prefix, first, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Name_keeps_within_the_limit_of_GitHub() =>
        Assert.Equal(64, RunnerName.New(RunnerName.Prefix(new string('p', 60), new string('i', 60))).Length);
}
