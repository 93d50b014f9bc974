using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Tests.Placement;

public sealed class LabelRulesTests
{
    [Theory]
    [InlineData("disk", true)]
    [InlineData("example.com/disk_1.x", true)]
    [InlineData("Example.com/disk", false)]
    [InlineData("/disk", false)]
    [InlineData("example.com/", false)]
    [InlineData("-disk", false)]
    [InlineData("a=b", false)]
    public void Keys_are_told_from_others(string text, bool isKey) => Assert.Equal(isKey, LabelRules.IsKey(text));

    [Theory]
    [InlineData("CI / nightly", "CI-nightly")]
    [InlineData("refs/heads/ä", "refs-heads")]
    [InlineData("---", "")]
    public void Any_text_becomes_a_value(string text, string value) => Assert.Equal(value, LabelRules.ToValue(text));

    [Fact]
    public void Long_text_is_cut_where_a_value_may_end()
    {
        var value = LabelRules.ToValue(new string('a', 62) + "-" + new string('b', 10));

        Assert.Equal(new string('a', 62), value);
        Assert.True(LabelRules.IsValue(value));
    }
}
