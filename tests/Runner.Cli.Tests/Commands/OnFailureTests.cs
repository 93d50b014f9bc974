using Runner.Cli.CommandLine;
using Runner.Cli.Commands;

namespace Runner.Cli.Tests.Commands;

public sealed class OnFailureTests
{
    [Theory]
    [InlineData(null,       null)]
    [InlineData("hold",     1800)]
    [InlineData("hold=90s", 90)]
    [InlineData("hold=5m",  300)]
    [InlineData("hold=2h",  7200)]
    public void Hold_has_a_time(string? text, int? seconds) =>
        Assert.Equal(seconds, (int?)OnFailure.Read("--on-failure", text)?.TotalSeconds);

    [Theory]
    [InlineData("keep")]
    [InlineData("hold=")]
    [InlineData("hold=0m")]
    [InlineData("hold=5 m")]
    public void Anything_else_is_a_mistake(string text)
    {
        var mistake = Assert.Throws<UsageException>(() => OnFailure.Read("--on-failure", text));

        Assert.Equal($"--on-failure: '{text}' is neither hold nor hold=TIME, such as hold=30m", mistake.Message);
    }
}
