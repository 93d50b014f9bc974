using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Tests.Placement;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("4", 4)]
    [InlineData("500m", 0.5)]
    [InlineData("1.5", 1.5)]
    [InlineData("2k", 2000)]
    [InlineData("1Gi", 1073741824)]
    public void Quantity_has_its_value(string text, double value)
    {
        Assert.True(Quantity.TryParse(text, out var parsed));
        Assert.Equal((decimal)value, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1 Gi")]
    [InlineData("1GB")]
    [InlineData("0x10")]
    [InlineData("٣")]
    public void What_is_no_quantity_is_refused(string text) => Assert.False(Quantity.TryParse(text, out _));

    [Theory]
    [InlineData("16g", "16Gi")]
    [InlineData("512m", "512Mi")]
    [InlineData("512mb", "512Mi")]
    [InlineData("2G", "2G")]
    [InlineData("1073741824", "1073741824")]
    public void Memory_may_be_written_as_Docker_does(string text, string quantity)
    {
        Assert.True(Quantity.TryParseMemory(text, out var parsed));
        Assert.Equal(quantity, parsed);
    }
}
