using Runner.Jobs.Errors;

namespace Runner.Jobs.Tests.Errors;

public sealed class NearestNameTests
{
    private static readonly string[] Known = ["github", "pools", "monitoring", "labels", "maxJobs"];

    [Theory]
    [InlineData("lables", "labels")]
    [InlineData("LABELS", "labels")]
    [InlineData("poolz", "pools")]
    [InlineData("maxjob", "maxJobs")]
    [InlineData("monitorng", "monitoring")]
    public void A_slip_finds_the_name_that_was_meant(string given, string meant) =>
        Assert.Equal(meant, NearestName.Find(given, Known));

    [Theory]
    [InlineData("x")]
    [InlineData("kubernetes")]
    [InlineData("")]
    public void A_name_near_to_none_finds_none(string given) => Assert.Null(NearestName.Find(given, Known));

    [Fact]
    public void A_hint_is_a_clause_to_append_or_nothing()
    {
        Assert.Equal("; did you mean 'pools'?", NearestName.Hint("pols", Known));
        Assert.Equal(string.Empty, NearestName.Hint("unheard-of", Known));
    }
}
