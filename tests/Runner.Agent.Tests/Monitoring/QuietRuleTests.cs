using Runner.Agent.Monitoring;

namespace Runner.Agent.Tests.Monitoring;

public sealed class QuietRuleTests
{
    private const long Start = 10L << 20;

    [Fact]
    public void Trims_once_after_a_burst_is_over()
    {
        var rule = new QuietRule(Start);
        var burst = Start + QuietRule.Much;

        Assert.False(rule.IsTimeToTrim(burst)); // still under way
        Assert.True(rule.IsTimeToTrim(burst + QuietRule.Little));
        Assert.False(rule.IsTimeToTrim(burst + (2 * QuietRule.Little)));
    }

    [Fact]
    public void Leaves_an_agent_alone_that_has_little_to_do_until_it_comes_together()
    {
        var rule = new QuietRule(Start);
        var intervals = Enumerable.Range(1, (int)(QuietRule.Much / QuietRule.Little)).Select(number => rule.IsTimeToTrim(Start + (number * QuietRule.Little))).ToArray();

        Assert.DoesNotContain(true, intervals[..^1]);
        Assert.True(intervals[^1]);
    }
}
