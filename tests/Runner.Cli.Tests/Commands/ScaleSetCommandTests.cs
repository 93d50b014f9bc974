using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

public sealed class ScaleSetCommandTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Sets_of_the_settings_are_listed_also_those_that_are_not_there()
    {
        await using var emulator = await EmulatorServer.StartAsync(new EmulatorOptions(), Token);
        var file = await ConfigureAsync(emulator.Url);

        var result = await Cli.RunAsync("scaleset", "list", "--config", file);

        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        Assert.Matches(@"^POOL +SCALE SET +GROUP +LABELS +ASSIGNED +RUNNING *\n *big +big-[0-9a-f]{8} \(not there\) ", result.Out.ReplaceLineEndings("\n").TrimStart());
        Assert.DoesNotContain("small", result.Out, StringComparison.Ordinal); // in the mode runners
    }

    [Fact(Timeout = Limit)]
    public async Task Set_that_is_not_there_cannot_be_deleted()
    {
        await using var emulator = await EmulatorServer.StartAsync(new EmulatorOptions(), Token);
        var file = await ConfigureAsync(emulator.Url);

        var result = await Cli.RunAsync("scaleset", "delete", "bigg", "--config", file);

        Assert.Equal((78, $"runner: pool 'bigg' has no scale set at {emulator.Url}acme; did you mean 'big'?\n"), (result.Code, result.Error.ReplaceLineEndings("\n")));
    }

    [Fact(Timeout = Limit)]
    public async Task Credentials_that_GitHub_refuses_are_told()
    {
        await using var emulator = await EmulatorServer.StartAsync(new EmulatorOptions(), Token);
        var file = await ConfigureAsync(emulator.Url, token: "wrong");

        var result = await Cli.RunAsync("scaleset", "list", "--config", file);

        Assert.Equal(78, result.Code);
        Assert.StartsWith("runner: GitHub refused the credentials of github.auth (HTTP 401", result.Error, StringComparison.Ordinal);
    }

    private async Task<string> ConfigureAsync(Uri emulator, string token = "emulator")
    {
        await File.WriteAllTextAsync(_folder["token"], token, Token);
        await File.WriteAllTextAsync(
            _folder["runner.yaml"],
            $"github: {{url: '{emulator}acme', auth: {{tokenFile: '{_folder["token"]}'}}}}\n"
            + "pools: [{name: big, labels: [x], mode: scaleset}, {name: small, labels: [y]}]\n",
            Token);
        return _folder["runner.yaml"];
    }
}
