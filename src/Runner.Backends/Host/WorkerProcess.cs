using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;

namespace Runner.Backends.Host;

/// <summary>Starts a worker on this machine.</summary>
/// <remarks>
/// The shell puts the worker's output into a file (a pipe would end with the agent, and the worker with it; only where the worker reports
/// to its launcher, and so is of no use without it, standard output is a pipe) and <c>setsid</c>(1) gives
/// it a session of its own, so that neither a hang-up nor Ctrl-C at the agent's terminal reaches it. Both replace themselves by the
/// next program, so the process that was started is the worker.
/// </remarks>
internal static class WorkerProcess
{
    private const string Script = """exec setsid "$0" job --payload - >>"$1" 2>&1""";
    private const string ReportingScript = """exec setsid "$0" job --payload - 2>>"$1" """;

    /// <summary>Starts it and hands it the payload on its standard input. The caller disposes the process.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="folder">The job's folder.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="started">Is told of the process before it gets its payload: no worker begins that nobody has written down.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InfrastructureException">There is no worker, or no process could be started.</exception>
    public static async Task<Process> StartAsync(
        HostOptions options, HostFolder folder, LaunchPayload payload, Action<Process> started, ILogger logger, CancellationToken cancellationToken)
    {
        if (!File.Exists(options.WorkerPath))
        {
            throw new InfrastructureException(
                $"There is no worker at '{options.WorkerPath}' ({HostOptions.SectionName}: {nameof(options.WorkerPath)})");
        }

        var process = Start(options, folder, payload.Reporting == ReportingTarget.Launcher, logger);
        try
        {
            started(process);
            await using var input = process.StandardInput.BaseStream;
            await JsonSerializer.SerializeAsync(input, payload, PayloadJson.Default.LaunchPayload, cancellationToken);
        }
        catch (IOException)
        {
            return process; // it died before it had read all: how, its exit will say
        }
        catch
        {
            JobProcesses.KillAll(ProcessId.Of(process.Id), folder.FullPath);
            process.Dispose();
            throw;
        }

        return process;
    }

    private static Process Start(HostOptions options, HostFolder folder, bool isReadHere, ILogger logger)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", isReadHere ? ReportingScript : Script, options.WorkerPath, folder.LogFile },
            WorkingDirectory = folder.FullPath,
            RedirectStandardInput = true,
            RedirectStandardOutput = isReadHere,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in HostEnvironment.Clean(options.LauncherEnvironment, options.PassEnvironment))
        {
            start.Environment[name] = value;
        }

        if (start.Environment.TryGetValue(HostEnvironment.ActionArchives, out var archives) && archives is not null && PrivateFolder.MayBeWrittenTo(archives))
        {
            start.Environment.Remove(HostEnvironment.ActionArchives);
            logger.ActionArchivesNotUsed(HostEnvironment.ActionArchives, archives);
        }

        start.Environment[HostEnvironment.JobFolder] = folder.FullPath;
        try
        {
            return HostOrphans.StartWorker(start) ?? throw new InfrastructureException("The worker's process could not be started");
        }
        catch (Win32Exception exception)
        {
            throw new InfrastructureException($"The worker's process could not be started: {exception.Message}", exception);
        }
    }
}
