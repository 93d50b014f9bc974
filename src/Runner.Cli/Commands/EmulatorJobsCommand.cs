using System.CommandLine;
using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;

namespace Runner.Cli.Commands;

/// <summary><c>runner emulator jobs</c>.</summary>
internal static class EmulatorJobsCommand
{
    public static Command Build(CliSurroundings surroundings)
    {
        var emulator = new EmulatorUrl();
        var run = new Argument<long>("run") { Description = "Number of the run." };
        var command = new Command("jobs", "List the jobs of a run.") { run };
        emulator.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var connection = emulator.Connect(result, surroundings);
            var found = await EmulatorRuns.FindAsync(connection, result.GetValue(run), cancellationToken);
            Tables.Write(
                surroundings,
                ["job", "status", "conclusion", "runner", "seconds", "reason"],
                found.Jobs.Select(job => new[]
                {
                    job.Name, job.Status.ToString().ToLowerInvariant(), Tables.Word(job.Conclusion), job.Runner ?? "-", Tables.Seconds(job.CompletedAt - job.StartedAt), job.Reason ?? "-",
                }));
            return ExitCodes.Success;
        });
        return command;
    }
}
