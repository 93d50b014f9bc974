using Runner.Agent.Configuration;
using Runner.Agent.Queue;

namespace Runner.Agent.Tests.Queue;

public sealed class QueueRulesTests
{
    [Theory]
    [InlineData("self-hosted", true)]
    [InlineData("Self-Hosted,LINUX", true)]
    [InlineData("self-hosted,gpu", false)]
    [InlineData("", false)]
    public void Job_waits_for_a_pool_that_has_all_its_labels(string asked, bool takes) =>
        Assert.Equal(takes, QueueRules.Takes(["self-hosted", "linux"], hasGroup: false, asked.Split(',', StringSplitOptions.RemoveEmptyEntries)));

    [Theory]
    [InlineData(3, 600, 30)]    // the interval is longer than 3 calls need
    [InlineData(100, 600, 600)] // 100 calls of 600 an hour are those of ten minutes
    [InlineData(0, 600, 30)]
    [InlineData(0, 0, 30)]
    public void Counts_come_as_often_as_their_calls_can_be_afforded(int calls, int perHour, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), QueueRules.Pause(new QueueOptions { CallsPerHour = perHour }, calls));

    [Fact]
    public void Count_holds_until_two_further_ones_have_failed() =>
        Assert.Equal(TimeSpan.FromMinutes(2), QueueRules.Age(new QueueOptions(), calls: 3));
}
