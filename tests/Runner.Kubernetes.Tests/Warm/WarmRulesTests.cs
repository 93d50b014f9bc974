using k8s.Models;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Tests.Pods;
using Runner.Kubernetes.Warm;

namespace Runner.Kubernetes.Tests.Warm;

/// <summary>How many pods wait for jobs, which ones go, and which one a job gets.</summary>
public sealed class WarmRulesTests
{
    private const string Shape = "s1";
    private static readonly DateTimeOffset Now = new(SomePod.Started.AddMinutes(5), TimeSpan.Zero);
    private static readonly WarmOptions TwoToFour = new() { Min = 2, Max = 4, Idle = TimeSpan.FromMinutes(10) };

    public static TheoryData<string, int, int, string[]> Cases => new()
    {
        // pods that wait: name and age of readiness in minutes, - starting   wanted  create  remove
        { "",                                                                 2,      2,      [] },
        { "a5 b5",                                                            2,      0,      [] },
        { "a5 b-",                                                            2,      0,      [] },
        { "a5 b5",                                                            4,      2,      [] },
        { "a5 b5 c5 d5",                                                      4,      0,      [] },
        { "a5 b5 c5",                                                         2,      0,      ["c"] }, // fewer are wanted than there were
        { "a5 b- c-",                                                         2,      0,      ["c"] }, // those that wait before those that start
        { "a11 b5 c5",                                                        3,      0,      ["a"] }, // one waited in vain
        { "a12 b11 c11 d1",                                                   4,      0,      ["a", "b"] }, // no more than are above the least
        { "a12 b11",                                                          2,      0,      [] }, // these stay however long they wait
        { "a11 b5 c5",                                                        4,      1,      ["a"] }, // one more was missed than waited in vain
    };

    [Theory, MemberData(nameof(Cases))]
    public void Pods_are_made_and_removed(string pods, int wanted, int create, string[] remove)
    {
        var turn = WarmRules.Decide(pods.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Waiting), Shape, wanted, TwoToFour, new StartOptions(), Now);

        Assert.Equal((create, string.Join(' ', remove)), (turn.Create, string.Join(' ', turn.Remove.Select(pod => pod.Metadata.Name))));
        Assert.Empty(turn.Failures);
    }

    [Fact]
    public void Pods_of_other_settings_go_and_others_come()
    {
        var turn = WarmRules.Decide([Waiting("a5"), Waiting("b5", shape: "s0"), Waiting("c-", shape: "s0")], Shape, wanted: 2, TwoToFour, new StartOptions(), Now);

        Assert.Equal((1, "b c", 0), (turn.Create, string.Join(' ', turn.Remove.Select(pod => pod.Metadata.Name)), turn.Idle));
    }

    [Fact]
    public void Pod_whose_worker_has_waited_as_long_as_it_may_is_replaced_without_a_word()
    {
        var turn = WarmRules.Decide([Waiting("a5"), Named(SomePod.New("Succeeded").OnNode().Ended(0), "b")], Shape, wanted: 2, TwoToFour, new StartOptions(), Now);

        Assert.Equal((1, "b", 0), (turn.Create, Assert.Single(turn.Remove).Metadata.Name, turn.Failures.Count));
    }

    public static TheoryData<V1Pod, string> Broken => new()
    {
        { SomePod.New().OnNode().Waiting("job", "ErrImagePull", "manifest unknown"), "manifest unknown" },
        { SomePod.New("Failed").OnNode().Ended(1, "Error", container: "setup"), "setup" },
        { SomePod.New("Failed").OnNode().Because("Evicted", "The node was low on resource: memory."), "was evicted from node 'node-1': The node was low on resource: memory." },
        { SomePod.New("Failed").OnNode().Ended(137, "OOMKilled"), "ran out of memory" },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Pod_that_cannot_be_used_goes_with_a_reason(V1Pod pod, string why)
    {
        var turn = WarmRules.Decide([Named(pod, "a")], Shape, wanted: 1, TwoToFour, new StartOptions(), Now);

        Assert.Equal("a", Assert.Single(turn.Remove).Metadata.Name);
        Assert.Contains(why, Assert.Single(turn.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Pod_without_a_node_waits_for_one_as_an_autoscaler_may_bring_it()
    {
        var turn = WarmRules.Decide([Named(SomePod.New().Unscheduled("0/3 nodes are available"), "a"), Waiting("b5")], Shape, wanted: 2, TwoToFour, new StartOptions(), Now.AddHours(1));

        Assert.Equal((0, 0, 0), (turn.Create, turn.Remove.Count, turn.Failures.Count));
    }

    [Fact]
    public void Job_gets_the_newest_that_waits_and_what_was_taken_does_not_come_back_by_an_old_list()
    {
        var pool = new WaitingPool(new WarmPool(new("p", [], null, false), TwoToFour));
        V1Pod[] pods = [Waiting("a9"), Waiting("b5"), Waiting("c-")];
        pool.See(pods, Now);

        Assert.Equal(["b", "a", null], [pool.Take()?.Metadata.Name, pool.Take()?.Metadata.Name, pool.Take()?.Metadata.Name]);
        Assert.Equal(["c"], pool.See(pods, Now).Select(pod => pod.Metadata.Name));
        Assert.False(pool.Remove(pods[0]));
        Assert.Equal((3, 0, 1, 1), (pool.Demand.Wanted, pool.Count().Ready, pool.Count().Starting, pool.Count().Missed));
    }

    [Fact]
    public void Pod_that_was_made_counts_before_the_watch_shows_it_but_not_for_ever()
    {
        var pool = new WaitingPool(new WarmPool(new("p", [], null, false), TwoToFour));
        pool.Add(Waiting("a-"), Now);
        pool.Add(Waiting("b-"), Now);

        Assert.Equal(["b", "a"], pool.See([Waiting("b-")], Now.AddSeconds(1)).Select(pod => pod.Metadata.Name));
        Assert.Equal(["a"], pool.See([], Now.AddSeconds(2)).Select(pod => pod.Metadata.Name)); // b was shown, and is gone
        Assert.Empty(pool.See([], Now.AddSeconds(31)));
    }

    [Fact]
    public void Pod_that_becomes_ready_is_told_once_and_one_that_was_put_back_is_there_again()
    {
        var pool = new WaitingPool(new WarmPool(new("p", [], null, false), TwoToFour));
        pool.See([Waiting("a5"), Waiting("b-")], Now);
        var first = pool.NewlyReady().Single().Metadata.Name;
        pool.See([Waiting("a5"), Waiting("b5")], Now);
        var second = pool.NewlyReady().Single().Metadata.Name;
        var taken = pool.Remove(Waiting("a5"));
        pool.PutBack("a");

        Assert.Equal(("a", "b", true), (first, second, taken));
        Assert.Equal(2, pool.See([Waiting("a5"), Waiting("b5")], Now).Count);
    }

    [Fact]
    public void Demand_keeps_within_its_bounds()
    {
        var demand = new WarmDemand(TwoToFour);
        var seen = new List<int> { demand.Wanted };
        for (var i = 0; i < 3; i++)
        {
            demand.Miss();
            seen.Add(demand.Wanted);
        }

        demand.Idle(1);
        seen.Add(demand.Wanted);
        demand.Idle(5);
        seen.Add(demand.Wanted);

        Assert.Equal([2, 3, 4, 4, 3, 2], seen);
    }

    private static V1Pod Waiting(string described) => Waiting(described, Shape);

    private static V1Pod Waiting(string described, string shape)
    {
        var pod = Named(SomePod.New().OnNode(), described[..1], shape);
        return described[1..] == "-" ? pod : StartedBefore(pod.Running(), int.Parse(described[1..], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static V1Pod StartedBefore(V1Pod pod, int minutes)
    {
        pod.Status.ContainerStatuses[0].State.Running.StartedAt = Now.UtcDateTime.AddMinutes(-minutes);
        return pod;
    }

    private static V1Pod Named(V1Pod pod, string name, string shape = Shape)
    {
        pod.Metadata.Name = name;
        pod.Metadata.Labels = new Dictionary<string, string> { [PodLabels.Warm] = shape };
        return pod;
    }
}
