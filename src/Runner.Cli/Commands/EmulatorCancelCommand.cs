using System.CommandLine;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Commands;

/// <summary><c>runner emulator cancel</c>.</summary>
internal static class EmulatorCancelCommand
{
    public static Command Build(CliSurroundings surroundings)
    {
        var emulator = new EmulatorUrl();
        var run = new Argument<long>("run") { Description = "Number of the run." };
        var command = new Command("cancel", "Cancel a run.") { run };
        emulator.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = emulator.Connect(result, surroundings);
            var found = await EmulatorRuns.FindAsync(connection, result.GetValue(run), cancellationToken);
            await connection.Client.CancelAsync(found.Id, cancellationToken);
            await surroundings.Out.WriteLineAsync(found.Conclusion is null ? $"run {found.Id} is cancelled" : $"run {found.Id} had ended");
            return ExitCodes.Success;
        });
        return command;
    }
}
