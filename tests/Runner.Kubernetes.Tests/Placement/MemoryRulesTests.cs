using System.Collections.Immutable;
using Runner.Backends;
using Runner.Kubernetes.Placement;

namespace Runner.Kubernetes.Tests.Placement;

public sealed class MemoryRulesTests
{
    [Theory]
    [InlineData("1Gi", 1.5, null, "1536Mi")]
    [InlineData("1Gi", 2, "16Gi", "2048Mi")]
    [InlineData("1Gi", 4, "3g", "3072Mi")] // as far as the bound
    [InlineData("500M", 2, null, "953Mi")]
    [InlineData("4Gi", 2, "2Gi", "4Gi")] // never less than the job asks for
    public void Request_and_limit_grow_up_to_the_bound(string memory, double factor, string? bound, string expected)
    {
        var resources = ImmutableSortedDictionary.CreateRange([KeyValuePair.Create("cpu", "1"), KeyValuePair.Create("memory", memory)]);
        var placement = new PodPlacement { Image = "i", Requests = resources, Limits = resources };

        var raised = MemoryRules.Raise(placement, new MoreMemory(factor, bound));

        Assert.Equal(resources.SetItem("memory", expected), raised.Requests);
        Assert.Equal(resources.SetItem("memory", expected), raised.Limits);
    }

    [Fact]
    public void Job_without_a_size_and_one_that_wants_no_more_stay_as_they_are()
    {
        var placement = new PodPlacement { Image = "i" };

        Assert.Same(placement, MemoryRules.Raise(placement, more: null));
        Assert.Empty(MemoryRules.Raise(placement, new MoreMemory(2, Bound: null)).Limits);
    }
}
