using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

public sealed class AgentCommandTests
{
    [Fact]
    public async Task Wrong_settings_are_all_told_and_end_with_78()
    {
        using var folder = new TempFolder();
        var file = folder["runner.yaml"];
        await File.WriteAllTextAsync(file, "github: {}\npols: []\nmonitoring: {metricsPort: x}\n", TestContext.Current.CancellationToken);

        var result = await Cli.RunAsync("agent", "--config", file);

        Assert.Equal(78, result.Code);
        Assert.Equal(
            $"runner: {file}:2:1: pols: there is no such setting; did you mean 'pools'?\n"
            + $"runner: {file}:3:27: monitoring.metricsPort: 'x' is not a whole number\n",
            result.Error.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task File_that_is_not_there_is_told()
    {
        var result = await Cli.RunAsync("agent", "--config", "/no/such/runner.yaml");

        Assert.Equal(78, result.Code);
        Assert.StartsWith("runner: The configuration file '/no/such/runner.yaml' cannot be read", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Right_settings_pass_the_check_and_flags_count()
    {
        using var folder = new TempFolder();
        var (file, token) = (folder["runner.yaml"], folder["token"]);
        await File.WriteAllTextAsync(token, "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            file, $"github: {{url: 'https://github.com/acme', auth: {{tokenFile: {token}}}}}\npools: [{{name: a, labels: [x]}}]\nhost: {{worker: {token}}}\n", TestContext.Current.CancellationToken);

        var right = await Cli.RunAsync(new Dictionary<string, string> { ["RUNNER_CONFIG"] = file }, "agent", "--check");
        var wrong = await Cli.RunAsync("agent", "--config", file, "--check", "--set", "monitoring.metricsPort=70000");

        Assert.Equal((0, "The settings are right.\n"), (right.Code, right.Out.ReplaceLineEndings("\n")));
        Assert.Equal(78, wrong.Code);
        Assert.Equal("runner: flag --set: monitoring.metricsPort: is 70000, expected 0 to 65535\n", wrong.Error.ReplaceLineEndings("\n"));
    }
}
