using System.CommandLine;
using System.Globalization;
using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;

namespace Runner.Cli.Commands;

/// <summary><c>runner emulator runs</c>.</summary>
internal static class EmulatorRunsCommand
{
    public static Command Build(CliSurroundings surroundings)
    {
        var emulator = new EmulatorUrl();
        var command = new Command("runs", "List the runs.");
        emulator.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = emulator.Connect(result, surroundings);
            var runs = await connection.Client.ListRunsAsync(cancellationToken);
            Tables.Write(
                surroundings,
                ["run", "workflow", "event", "conclusion", "jobs", "queued"],
                runs.Select(run => new[]
                {
                    run.Id.ToString(CultureInfo.InvariantCulture), run.Name, run.Event ?? "-", Tables.Word(run.Conclusion), Tables.Count(run), Tables.Time(run.QueuedAt),
                }));
            return ExitCodes.Success;
        });
        return command;
    }
}
