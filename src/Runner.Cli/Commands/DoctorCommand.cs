using System.CommandLine;
using System.Text.Json;
using Runner.Agent.Checks;
using Runner.Agent.Hosting;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Cli.Rendering;

namespace Runner.Cli.Commands;

/// <summary><c>runner doctor</c>: what is in the way of an agent with these settings, and what to do about it.</summary>
internal static class DoctorCommand
{
    private const int NameWidth = 14;

    public static Command Build(CliSurroundings surroundings)
    {
        var (settings, json) = (new AgentSettings(), RunFlags.Switch("--json", "Print one JSON object a line: check, state, text, fix."));
        var command = new Command("doctor", "Look at all that an agent of these settings needs, GitHub's side and the cluster's, and say what to do. Changes nothing.")
        {
            settings.Config, settings.Backend, settings.Set, json,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var (options, agent) = settings.Read(result, surroundings);
            var checks = await AgentDoctor.RunAsync(options, agent, cancellationToken);
            if (result.GetValue(json))
            {
                foreach (var check in checks)
                {
                    await surroundings.Out.WriteLineAsync(ToJson(check));
                }
            }
            else
            {
                Write(surroundings, checks);
            }

            return CodeOf(checks);
        });
        return command;
    }

    /// <summary>The exit code: a setting is wrong, or something does not answer; warnings are none.</summary>
    internal static int CodeOf(IEnumerable<CheckResult> checks)
    {
        var failed = checks.Where(check => check.State == CheckState.Failed).ToList();
        return failed.Count == 0 ? ExitCodes.Success : failed.TrueForAll(check => check.IsOutside) ? ExitCodes.Unavailable : ExitCodes.Configuration;
    }

    internal static string ToJson(CheckResult check) => JsonSerializer.Serialize(
        new Dictionary<string, string?> { ["check"] = check.Name, ["state"] = Word(check.State), ["text"] = check.Text, ["fix"] = check.Fix }, JsonLines.Options);

    internal static void Write(CliSurroundings surroundings, IReadOnlyList<CheckResult> checks)
    {
        var colors = new Colors(surroundings.UseColors);
        foreach (var check in checks)
        {
            surroundings.Out.WriteLine($"{Mark(check.State, colors)} {check.Name,-NameWidth} {check.Text}");
            if (check.Fix is { } fix)
            {
                surroundings.Out.WriteLine($"  {string.Empty,-NameWidth} {colors.Bold("→")} {fix}");
            }
        }

        surroundings.Out.WriteLine();
        surroundings.Out.WriteLine(string.Join(", ", Enum.GetValues<CheckState>().Select(state => $"{checks.Count(check => check.State == state)} {Word(state)}")));
    }

    private static string Word(CheckState state) => state.ToString().ToLowerInvariant();

    private static string Mark(CheckState state, Colors colors) => state switch
    {
        CheckState.Ok => colors.Green("✓"),
        CheckState.Warning => colors.Yellow("!"),
        CheckState.Failed => colors.Red("✗"),
        CheckState.Skipped => colors.Dim("-"),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a state"),
    };
}
