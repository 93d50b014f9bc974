using k8s.Models;
using Runner.Kubernetes.Room;
using Runner.Kubernetes.Tests.Pods;

namespace Runner.Kubernetes.Tests.Room;

/// <summary>What nodes lack for pods that wait for one, in the scheduler's words.</summary>
public sealed class WaitingPodsTests
{
    private static readonly DateTimeOffset Later = new(SomePod.Created.AddSeconds(6), TimeSpan.Zero);

    public static TheoryData<string, string[]> Words => new()
    {
        // the scheduler's message                                                                                  what is lacking
        { "0/3 nodes are available: 3 Insufficient cpu.",                                                           ["cpu"] },
        { "0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient memory.",                                    ["cpu", "memory"] },
        { "0/5 nodes are available: 1 Insufficient nvidia.com/gpu, 4 node(s) didn't match Pod's node selector.",    ["nvidia.com/gpu"] },
        { "0/1 nodes are available: 1 Too many pods.",                                                              ["pods"] },
        { "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",                          [] },
    };

    [Theory, MemberData(nameof(Words))]
    public void Lack_is_read_from_the_schedulers_words(string message, string[] lacking)
    {
        Assert.Equal(lacking, WaitingPods.Lack([SomePod.New().Unscheduled(message)], Later).Order(StringComparer.Ordinal));
        Assert.Empty(WaitingPods.Lack([SomePod.New().Unscheduled(message)], Later.AddSeconds(-3))); // it may just have come
    }

    [Fact]
    public void Quota_has_room_for_what_pods_that_wait_would_give_back_and_no_more()
    {
        var (waits, job) = (Asking("1"), Asking("2"));
        var quota = new V1ResourceQuota
        {
            Metadata = new V1ObjectMeta { Name = "q" },
            Spec = new V1ResourceQuotaSpec(),
            Status = new V1ResourceQuotaStatus
            {
                Hard = new Dictionary<string, ResourceQuantity> { ["pods"] = new("4"), ["requests.cpu"] = new("4") },
                Used = new Dictionary<string, ResourceQuantity> { ["pods"] = new("4"), ["requests.cpu"] = new("4") },
            },
        };

        int?[] places = [.. new[] { 0, 1, 2, 3, 4 }.Select(count => QuotaRules.RoomFor([quota], job, [.. Enumerable.Repeat(PodNeeds.Freed(waits), count)]).Places)];

        Assert.Equal([0, 0, 1, 1, 2], places);
        Assert.DoesNotContain(PodNeeds.Freed(waits).Keys, name => name.Contains("secrets", StringComparison.Ordinal)); // they have none

        static V1Pod Asking(string cpu)
        {
            var pod = SomePod.New();
            pod.Spec.InitContainers = [];
            pod.Spec.Containers[0].Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu) } };
            return pod;
        }
    }

    [Fact]
    public void Pod_has_what_it_asks_for_and_the_usual_things()
    {
        var gpu = SomePod.New();
        gpu.Spec.Containers[0].Resources = new V1ResourceRequirements { Limits = new Dictionary<string, ResourceQuantity> { ["nvidia.com/gpu"] = new("1") } };

        Assert.Equal((true, true, false), (PodNeeds.Has(gpu, "nvidia.com/gpu"), PodNeeds.Has(SomePod.New(), "cpu"), PodNeeds.Has(SomePod.New(), "nvidia.com/gpu")));
    }
}
