using Runner.Jobs.Errors;
using Runner.Worker.Hosting;
using Runner.Worker.Jobs;
using Runner.Worker.Native;
using Runner.Worker.Release;

namespace Runner.Worker.Commands;

/// <summary>
/// <c>runner-worker removal --reason BYTES [--spool DIR]</c>: tells the worker of this pod that the pod is taken away, and why: so many bytes of
/// standard input. It stops its job as at the kubelet's SIGTERM. It may be said again; the first word counts.
/// </summary>
internal static class RemovalCommand
{
    /// <summary>Runs it; gives the exit code: 69 where no worker runs.</summary>
    /// <exception cref="UsageException">The number is none.</exception>
    /// <exception cref="InfrastructureException">The word cannot be left.</exception>
    public static int Run(Arguments arguments, Stream input, TextWriter error)
    {
        var folder = arguments.Find("--spool") ?? PidFile.DefaultFolder;
        var reason = WordInput.ReadExactly("--reason", arguments["--reason"], input);
        try
        {
            LauncherWord.Removal.Leave(folder, reason);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"The reason cannot be left in {folder}: {failure.Message}", failure);
        }

        if (PidFile.Read(folder) is not { } process || Libc.Kill(process, WorkerSignals.Removal) != 0)
        {
            error.WriteLine("runner-worker: no worker runs here");
            return ExitCodes.Infrastructure;
        }

        return ExitCodes.Ok;
    }
}
