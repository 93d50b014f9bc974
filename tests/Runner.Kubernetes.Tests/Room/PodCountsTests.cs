using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Room;

namespace Runner.Kubernetes.Tests.Room;

public sealed class PodCountsTests
{
    [Fact]
    public void Pods_of_a_pool_count_until_they_have_ended()
    {
        V1Pod[] pods =
        [
            Pod("big pool", null), Pod("big pool", "Pending"), Pod("big pool", "Running"), Pod("big pool", "Succeeded"), Pod("big pool", "Failed"), Pod("small", "Running"),
            new V1Pod { Metadata = new V1ObjectMeta { Name = "of-nobody" } },
        ];

        Assert.Equal(new JobCount(Launching: 2, Running: 1), PodCounts.Of("big pool", pods));
        Assert.Equal(new JobCount(0, 0), PodCounts.Of("none", pods));
    }

    private static V1Pod Pod(string pool, string? phase) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "pod",
            Labels = new Dictionary<string, string> { ["act.nektos.com/pool"] = Runner.Kubernetes.Options.LabelRules.ToValue(pool)! },
        },
        Status = new V1PodStatus { Phase = phase },
    };
}
