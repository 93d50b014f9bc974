using System.Text.Json;
using Runner.Agent.Checks;
using Runner.Cli.CommandLine;
using Runner.Cli.Commands;
using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

/// <summary><c>runner doctor</c> before a local GitHub, over its real REST service.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Settings_that_work_are_told_check_by_check()
    {
        await using var emulator = await EmulatorServer.StartAsync(new EmulatorOptions(), Token);

        var result = await DoctorAsync(emulator.Url, token: "emulator");

        Assert.Equal((ExitCodes.Success, string.Empty), (result.Code, result.Error));
        Assert.Contains("✓ url            organization acme, REST service ", result.Out, StringComparison.Ordinal);
        Assert.Contains("✓ permissions    runners may be registered", result.Out, StringComparison.Ordinal);
        Assert.Contains("! tls            none: tokens go readable over the network", result.Out, StringComparison.Ordinal);
        Assert.Contains("0 failed", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Out);
    }

    [Fact(Timeout = 60_000)]
    public async Task Credentials_that_are_refused_are_a_failure_with_its_fix_as_a_line_of_json()
    {
        await using var emulator = await EmulatorServer.StartAsync(new EmulatorOptions(), Token);

        var result = await DoctorAsync(emulator.Url, token: "ghp_wrong", "--json");

        Assert.Equal(ExitCodes.Configuration, result.Code);
        var lines = result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var failed = Assert.Single(lines, line => line.GetProperty("state").GetString() == "failed");
        Assert.Contains(failed.GetProperty("check").GetString(), new[] { "auth", "permissions" });
        Assert.Contains("github.auth", failed.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(failed.GetProperty("fix").GetString()));
        Assert.DoesNotContain("ghp_wrong", result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Server_that_does_not_answer_is_unavailable_and_the_rest_is_not_looked_at()
    {
        var result = await DoctorAsync(new Uri("http://127.0.0.1:1/"), token: "emulator");

        Assert.Equal(ExitCodes.Unavailable, result.Code);
        Assert.Contains("✗ connection     127.0.0.1:1 cannot be reached", result.Out, StringComparison.Ordinal);
        Assert.Contains("- auth           GitHub was not reached", result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Settings_that_are_wrong_are_told_before_anything_is_asked()
    {
        File.WriteAllText(_folder["runner.yaml"], "pools: []\n");

        var result = await Cli.RunAsync("doctor", "--config", _folder["runner.yaml"]);

        Assert.Equal((ExitCodes.Configuration, string.Empty), (result.Code, result.Out));
    }

    [Theory]
    [InlineData(CheckState.Warning, false, ExitCodes.Success)]
    [InlineData(CheckState.Skipped, false, ExitCodes.Success)]
    [InlineData(CheckState.Failed, true, ExitCodes.Unavailable)]
    [InlineData(CheckState.Failed, false, ExitCodes.Configuration)]
    public void Exit_code_says_whether_a_setting_or_the_outside_is_wrong(CheckState state, bool isOutside, int code) =>
        Assert.Equal(code, DoctorCommand.CodeOf([new CheckResult("a", CheckState.Ok, "fine"), new CheckResult("b", state, "x") { IsOutside = isOutside }]));

    private Task<CliResult> DoctorAsync(Uri github, string token, params string[] flags)
    {
        File.WriteAllText(_folder["token"], token);
        File.WriteAllText(_folder["worker"], string.Empty);
        File.WriteAllText(
            _folder["runner.yaml"],
            $"github: {{url: '{new Uri(github, "acme")}', auth: {{tokenFile: {_folder["token"]}}}}}\npools: [{{name: a, labels: [x]}}]\nhost: {{worker: {_folder["worker"]}, root: {_folder["jobs"]}}}\n");
        return Cli.RunAsync(["doctor", "--config", _folder["runner.yaml"], .. flags]);
    }
}
