using System.Runtime.InteropServices;
using Runner.Agent.Pools;
using Runner.Agent.ScaleSets;
using Runner.Backends;
using Runner.Protocol.ScaleSets;

namespace Runner.Agent.Tests.ScaleSets;

/// <summary>What is decided about a scale set without asking anybody.</summary>
public sealed class SetRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<int, int, int, int?, int, bool, bool, int> Capacities => new()
    {
        // size held assigned room  unplaced stopped probe  told
        { 5,    0,   0,       null, 0,       false,  false, 5 }, // nothing runs
        { 5,    3,   3,       null, 0,       false,  false, 5 }, // a total: what runs counts
        { 5,    3,   1,       null, 0,       false,  false, 3 }, // two places are held by what the set does not know, or knows to be over
        { 5,    5,   0,       null, 0,       false,  false, 0 },
        { 5,    7,   1,       null, 0,       false,  false, 0 }, // adopted beyond the last place
        { 5,    1,   9,       null, 0,       false,  false, 5 }, // assigned beyond what we ever said
        { 5,    2,   2,       null, 0,       true,   false, 0 }, // none can be started
        { 5,    2,   2,       null, 0,       true,   true,  3 }, // but one is to try
        { 5,    5,   5,       null, 0,       true,   true,  5 },
        { 5,    5,   5,       null, 0,       true,   false, 0 }, // when one of these ends, none comes
        { 5,    0,   0,       3,    0,       false,  false, 3 }, // a quota of three
        { 5,    0,   3,       3,    3,       false,  false, 3 }, // they are assigned and have no pods yet
        { 5,    3,   3,       0,    0,       false,  false, 3 }, // they have
        { 5,    2,   3,       1,    1,       false,  false, 3 }, // one ended, and GitHub does not count that yet
        { 5,    2,   2,       1,    0,       false,  false, 3 },
        { 5,    2,   2,       0,    2,       false,  false, 2 }, // others took the quota: what is assigned stays
        { 5,    0,   0,       9,    0,       false,  false, 5 },
    };

    [Theory, MemberData(nameof(Capacities))]
    public void Capacity_is_a_total_of_what_is_assigned_and_of_what_the_pool_takes(
        int size, int held, int assigned, int? room, int unplaced, bool isStopped, bool wantsProbe, int told) =>
        Assert.Equal(told, SetCapacity.Of(size, assigned, PoolOffer.Of(new PoolState(
            size, held, unplaced, new JobRoom(room, RoomLimit.Quota, "quota"), isStopped ? "no disk" : null, wantsProbe))));

    public static TheoryData<string[], string[]> Labels => new()
    {
        { ["self-hosted", "linux", "x64"], ["pool", "self-hosted", "linux", "x64"] },
        { ["gpu"],                         ["pool", "gpu", "self-hosted", "Linux", "X64"] },
        { ["Windows", "pool"],             ["pool", "Windows", "self-hosted", "X64"] },
        { ["ARM64", "Self-Hosted"],        ["pool", "ARM64", "Self-Hosted", "Linux"] },
    };

    [Theory, MemberData(nameof(Labels))]
    public void Set_has_the_labels_of_its_pool_and_those_that_a_runner_has_by_itself(string[] own, string[] registered) =>
        Assert.Equal(registered, SetLabels.Of("pool", [.. own], Architecture.X64));

    [Fact]
    public void Differences_of_labels_are_told_both_ways()
    {
        Assert.Null(SetLabels.Differences(["a", "B"], ["A", "b"]));
        Assert.Equal("missing b, c; not asked for d", SetLabels.Differences(["a", "c", "b"], ["a", "d"]));
    }

    [Fact]
    public void Name_of_a_set_tells_installations_apart()
    {
        var (one, other) = (new SetOwner("one", "agent").NameOf("linux"), new SetOwner("other", "agent").NameOf("linux"));

        Assert.Matches("^linux-[0-9a-f]{8}$", one);
        Assert.NotEqual(one, other);
        Assert.Equal(one, new SetOwner("one", "another agent").NameOf("linux"));
        Assert.Equal(63, new SetOwner("one", "agent").NameOf(new string('x', 100)).Length);
    }

    [Theory]
    [InlineData(3, 0, 0, -3)]  // three vanished
    [InlineData(0, 2, 0, 2)]   // two were not told
    [InlineData(1, 3, 2, 0)]   // what runs is not waited for
    [InlineData(1, 4, 2, 1)]
    public void Count_that_differs_for_a_minute_is_believed(int waiting, int assigned, int running, int correction)
    {
        var doubts = new CountDoubts();

        var early = Judge(doubts, waiting, assigned, running, seconds: 0);
        var still = Judge(doubts, waiting, assigned, running, seconds: 59);
        var late = Judge(doubts, waiting, assigned, running, seconds: 60);

        Assert.Equal((0, 0, correction), (early, still, late));
    }

    [Fact]
    public void Count_that_agreed_in_between_is_not_doubted()
    {
        var doubts = new CountDoubts();
        Judge(doubts, waiting: 2, assigned: 0, running: 0, seconds: 0);
        Judge(doubts, waiting: 2, assigned: 2, running: 0, seconds: 30);

        Assert.Equal(0, Judge(doubts, waiting: 2, assigned: 0, running: 0, seconds: 61));
    }

    [Fact]
    public void Only_what_differed_all_the_time_is_corrected()
    {
        var doubts = new CountDoubts();
        Judge(doubts, waiting: 9, assigned: 0, running: 0, seconds: 0);
        Judge(doubts, waiting: 9, assigned: 8, running: 0, seconds: 30);

        Assert.Equal(-1, Judge(doubts, waiting: 9, assigned: 0, running: 0, seconds: 61));
    }

    private static int Judge(CountDoubts doubts, int waiting, int assigned, int running, int seconds) =>
        doubts.Judge(waiting, new ScaleSetStatistics { TotalAssignedJobs = assigned, TotalRunningJobs = running }, Now.AddSeconds(seconds));
}
