using Runner.Jobs.Errors;
using Runner.Worker.Hosting;
using Runner.Worker.Jobs;
using Runner.Worker.Native;
using Runner.Worker.Release;

namespace Runner.Worker.Commands;

/// <summary>
/// <c>runner-worker release [--failure BYTES] [--spool DIR]</c>: tells the worker of this pod that the job's services are ready, or, with
/// <c>--failure</c>, why one is not: so many bytes of standard input. It may be said again; the first word counts.
/// </summary>
internal static class ReleaseCommand
{
    /// <summary>Runs it; gives the exit code: 69 where no worker runs.</summary>
    /// <exception cref="UsageException">The number is none.</exception>
    /// <exception cref="InfrastructureException">The word cannot be left.</exception>
    public static int Run(Arguments arguments, Stream input, TextWriter error)
    {
        var folder = arguments.Find("--spool") ?? PidFile.DefaultFolder;
        try
        {
            LauncherWord.Release.Leave(folder, arguments.Find("--failure") is { } length ? WordInput.ReadExactly("--failure", length, input) : []);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"The release cannot be left in {folder}: {failure.Message}", failure);
        }

        if (PidFile.Read(folder) is { } process && Libc.Kill(process, ServiceGate.Signal) != 0)
        {
            error.WriteLine($"runner-worker: the worker, process {process}, does not run");
            return ExitCodes.Infrastructure;
        }

        return ExitCodes.Ok;
    }
}
