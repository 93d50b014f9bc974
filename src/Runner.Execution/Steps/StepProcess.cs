using System.Globalization;
using Runner.Execution.Output;
using Runner.Execution.Processes;
using Runner.Execution.Scopes;

namespace Runner.Execution.Steps;

/// <summary>Runs a step's process: its output goes to the step, its exit code to disk.</summary>
internal sealed class StepProcess(ProcessRunner processes, ExitCodeFile exitCodes, MemoryKills memory, JobProgress progress)
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="run">The step.</param>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it starts.</param>
    /// <param name="environment">All its variables.</param>
    /// <param name="stop">Stops it; see <see cref="ProcessRunner"/>.</param>
    /// <returns>How it ended. That stands on disk when this returns.</returns>
    /// <exception cref="ProcessStartException">It could not be started.</exception>
    public async Task<ProcessExit> RunAsync(
        StepRun run, string program, IReadOnlyList<string> arguments, string folder, Dictionary<string, string> environment, CancellationToken stop)
    {
        var spec = new ProcessSpec
        {
            Program = program,
            Arguments = arguments,
            WorkingDirectory = folder,
            Environment = environment,
            OomScoreAdjustment = OomScore.Of(environment),
        };
        var killedBefore = memory.Count;
        var exit = await processes.RunAsync(spec, new StepOutput(run.Scope), progress.NoteProcessStart, stop);
        if (exit.Code != 0 && memory.Count - killedBefore is > 0 and var killed)
        {
            run.Scope.Log.Error(OutOfMemory(killed));
        }

        exitCodes.Note(run, exit);
        return exit;
    }

    private string OutOfMemory(long killed)
    {
        var processes = killed == 1 ? "1 process" : string.Create(CultureInfo.InvariantCulture, $"{killed} processes");
        var limit = memory.Limit is { } bytes
            ? string.Create(CultureInfo.InvariantCulture, $"the job's memory limit is {bytes / (1024.0 * 1024.0):0.#} MiB")
            : "the machine had no memory left";
        return $"The step ran out of memory: the kernel killed {processes} while it ran, {limit}.";
    }
}
