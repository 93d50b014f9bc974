using Runner.Execution.Hosting;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Worker.Hosting;
using Runner.Worker.Jobs;
using Runner.Worker.Logging;
using Runner.Worker.Ports;
using Runner.Worker.Release;
using Runner.Worker.Reporting;

namespace Runner.Worker.Commands;

/// <summary><c>runner-worker job --payload -|FILE</c>: runs one job, reports it and leaves its outcome.</summary>
internal static class JobCommand
{
    /// <summary>Runs it; gives the exit code.</summary>
    public static Task<int> RunAsync(string payloadSource, WorkerHost host) =>
        RunAsync(async _ => await PayloadReader.ReadAsync(payloadSource, host.Started, CancellationToken.None), host);

    /// <summary>Runs the job of a payload that comes from elsewhere.</summary>
    /// <param name="read">Reads it; <c>null</c>: there is none, and nothing to do. Its token tells that the worker is to stop.</param>
    /// <param name="host">What the process gives to it.</param>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<LaunchPayload?>> read, WorkerHost host)
    {
        var logger = host.Loggers.CreateLogger(nameof(JobCommand));
        using var cancellation = new JobCancellation();

        using var signals = new WorkerSignals(cancellation, logger); // before anything else
        LaunchPayload? payload = null;
        try
        {
            payload = await read(cancellation.Requested);
            if (payload is null)
            {
                return ExitCodes.Ok;
            }

            host = host with { Started = payload.Times.ContainersStarted ?? host.Started }; // one that waited began with its job
            signals.Spool = payload.Paths.Spool;
            using var gate = new ServiceGate(payload.Paths.Spool, host.Time);
            PidFile.Write(payload.Paths.Spool);
            logger.JobStarted(WorkerVersion.Text, payload.Job.JobId.ToString(), Environment.ProcessId);
            await using var forwarder = PortForwarder.Start(payload.Forwards, logger);
            return await RunAsync(payload, host with { Services = gate });
        }
        catch (PayloadException malformed)
        {
            logger.JobRefused(malformed.Message);
            LeaveOutcome(malformed.Message, malformed.OutcomePath, malformed.OutcomeKey);
            return ExitCodes.Infrastructure;
        }
        catch (Exception failure) when (failure is InfrastructureException or IOException or UnauthorizedAccessException)
        {
            logger.JobRefused(failure.Message);
            LeaveOutcome(failure.Message, payload?.Paths.Outcome, payload?.OutcomeKey);
            return ExitCodes.Infrastructure;
        }

        Task<int> RunAsync(LaunchPayload given, WorkerHost worker) => given.Reporting switch
        {
            ReportingTarget.GitHub => new JobSession(worker, given, new ReportingOptions(), cancellation).RunAsync(Console.OpenStandardOutput()),
            ReportingTarget.Launcher => new LauncherSession(worker, given, new ReportingOptions(), cancellation).RunAsync(Console.OpenStandardOutput()),
            var other => throw new InvalidOperationException($"Reporting target {other} has no session"),
        };

        void LeaveOutcome(string reason, string? path, string? key)
        {
            // Without a payload only a container's own place for it is known.
            path ??= File.Exists(OutcomeFile.TerminationLog) ? OutcomeFile.TerminationLog : null;
            if (path is not null)
            {
                new OutcomeFile(path, key, logger).Write(new WorkerOutcome
                {
                    Conclusion = Conclusion.Failed,
                    IsReported = false,
                    Reason = reason,
                    WorkerStarted = host.Started,
                });
            }
        }
    }
}
