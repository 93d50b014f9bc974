using System.CommandLine;
using System.Runtime.InteropServices;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Commands;

/// <summary><c>runner emulator token</c> and <c>runner emulator jitconfig</c>: what GitHub's own runner is configured by.</summary>
internal static class EmulatorRunnerCommands
{
    /// <summary>Prints a registration token, and nothing else, so that a command line can take it.</summary>
    public static Command BuildToken(CliSurroundings surroundings)
    {
        var (scope, emulator) = (Scope(), new EmulatorUrl());
        var command = new Command("token", "Print a token for 'config.sh --token' of GitHub's own runner.") { scope };
        emulator.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = emulator.Connect(result, surroundings);
            await surroundings.Out.WriteLineAsync(await connection.Client.NewRegistrationTokenAsync(result.GetRequiredValue(scope), cancellationToken));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Registers an ephemeral runner and prints its configuration, and nothing else.</summary>
    public static Command BuildJitConfig(CliSurroundings surroundings)
    {
        var (scope, emulator) = (Scope(), new EmulatorUrl());
        var name = new Option<string>("--name") { Description = "Name of the runner. Default: one of its own.", DefaultValueFactory = _ => $"runner-{Guid.NewGuid().ToString("N")[..8]}", HelpName = "NAME" };
        var labels = new Option<string[]>("--label") { Description = $"A label. May be repeated. Default: {string.Join(", ", DefaultLabels())}.", HelpName = "LABEL" };
        var command = new Command("jitconfig", "Register an ephemeral runner; print what 'run.sh --jitconfig' of GitHub's own runner takes.") { scope, name, labels };
        emulator.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var wanted = result.GetValue(labels) is { Length: > 0 } given ? given : DefaultLabels();
            using var connection = emulator.Connect(result, surroundings);
            await surroundings.Out.WriteLineAsync(await connection.Client.NewJitConfigAsync(
                result.GetRequiredValue(scope), result.GetRequiredValue(name), wanted, cancellationToken));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Argument<string> Scope()
    {
        var scope = new Argument<string>("scope") { Description = "Whose runner it is: ORGANISATION, or OWNER/REPOSITORY." };
        scope.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && text.Split('/') is not ([{ Length: > 0 }] or [{ Length: > 0 }, { Length: > 0 }]))
            {
                result.AddError($"'{text}' is neither an organisation nor OWNER/REPOSITORY");
            }
        });
        return scope;
    }

    // What config.sh gives a runner by itself (registration.md section 6.1).
    private static string[] DefaultLabels() =>
    [
        "self-hosted",
        OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "macOS" : "Linux",
        RuntimeInformation.OSArchitecture.ToString().ToUpperInvariant(),
    ];
}
