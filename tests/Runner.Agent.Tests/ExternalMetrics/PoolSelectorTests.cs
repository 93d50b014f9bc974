using Runner.Agent.ExternalMetrics;

namespace Runner.Agent.Tests.ExternalMetrics;

public sealed class PoolSelectorTests
{
    [Theory]
    [InlineData("", "a b")]
    [InlineData("pool=a", "a")]
    [InlineData("pool==a", "a")]
    [InlineData("pool = a", "a")]
    [InlineData("pool!=a", "b")]
    [InlineData("pool in (a,b)", "a b")]
    [InlineData("pool in (b),pool!=a", "b")]
    [InlineData("pool notin (a, c)", "b")]
    [InlineData("pool", "a b")]
    [InlineData("!pool", "")]
    [InlineData("pool=a,pool=b", "")]
    [InlineData("other=a", "")]
    [InlineData("other!=a", "a b")]
    [InlineData("!other", "a b")]
    public void Selector_takes_pools_as_Kubernetes_selects_labels(string text, string taken)
    {
        var selector = PoolSelector.Parse(text)!;

        Assert.Equal(taken, string.Join(' ', new[] { "a", "b" }.Where(selector.Takes)));
    }

    [Theory]
    [InlineData("pool>1")]
    [InlineData("pool in a")]
    [InlineData("pool in (a")]
    [InlineData("=a")]
    [InlineData("!pool=a")]
    public void What_is_no_selector_is_told(string text) => Assert.Null(PoolSelector.Parse(text));
}
