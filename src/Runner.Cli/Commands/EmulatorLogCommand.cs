using System.CommandLine;
using Runner.Cli.CommandLine;
using Runner.Jobs.Errors;

namespace Runner.Cli.Commands;

/// <summary><c>runner emulator log</c>.</summary>
internal static class EmulatorLogCommand
{
    public static Command Build(CliSurroundings surroundings)
    {
        var emulator = new EmulatorUrl();
        var run = new Argument<long>("run") { Description = "Number of the run." };
        var job = new Argument<string?>("job") { Description = "Name of the job; not needed where there is one.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("log", "Print the log of a job.") { run, job };
        emulator.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = emulator.Connect(result, surroundings);
            var found = EmulatorRuns.Pick(await EmulatorRuns.FindAsync(connection, result.GetValue(run), cancellationToken), result.GetValue(job));
            var log = await connection.Client.ReadLogAsync(found.Id, cancellationToken)
                ?? throw new WorkflowException($"Job '{found.Name}' has no log yet");
            await surroundings.Out.WriteAsync(log);
            return ExitCodes.Success;
        });
        return command;
    }
}
