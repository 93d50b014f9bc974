using Runner.Kubernetes.Ownership;

namespace Runner.Kubernetes.Tests.Ownership;

public sealed class LivingAgentsTests
{
    [Theory]
    [InlineData("a/1", false)] // itself
    [InlineData("a/0", true)]  // an earlier life of itself, whatever its Lease says
    [InlineData("b/1", false)] // another with a Lease
    [InlineData("c/1", true)]  // one without
    [InlineData(null, true)]
    public void Owner_is_gone_without_a_Lease(string? owner, bool isGone)
    {
        string[] leases = [AgentIdentity.LeaseName("a/0"), AgentIdentity.LeaseName("b/1")];

        var living = new LivingAgents(new AgentIdentity("a", "1"), leases);

        Assert.Equal(isGone, living.IsGone(owner));
    }
}
