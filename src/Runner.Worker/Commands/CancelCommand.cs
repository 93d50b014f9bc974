using Runner.Worker.Hosting;
using Runner.Worker.Jobs;
using Runner.Worker.Native;

namespace Runner.Worker.Commands;

/// <summary>
/// <c>runner-worker cancel [--grace SECONDS] [--spool DIR]</c>: asks the worker of this pod to cancel its job. It returns at once; whoever
/// asked kills what still runs after the grace, which is only checked here.
/// </summary>
internal static class CancelCommand
{
    /// <summary>Runs it; gives the exit code: 69 where no worker runs.</summary>
    /// <exception cref="UsageException">The grace is no number of seconds.</exception>
    public static int Run(Arguments arguments, TextWriter error)
    {
        if (arguments.Find("--grace") is { } grace && (!int.TryParse(grace, out var seconds) || seconds < 0))
        {
            throw new UsageException($"--grace must be a number of seconds, not '{grace}'");
        }

        var folder = arguments.Find("--spool") ?? PidFile.DefaultFolder;
        if (PidFile.Read(folder) is not { } process)
        {
            error.WriteLine($"runner-worker: no worker has noted its process in {folder}");
            return ExitCodes.Infrastructure;
        }

        if (Libc.Kill(process, WorkerSignals.Cancel) != 0)
        {
            error.WriteLine($"runner-worker: the worker, process {process}, does not run");
            return ExitCodes.Infrastructure;
        }

        return ExitCodes.Ok;
    }
}
