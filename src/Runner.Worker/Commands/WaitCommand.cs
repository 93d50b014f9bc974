using System.Globalization;
using Runner.Jobs.Launch;
using Runner.Worker.Hosting;
using Runner.Worker.Jobs;
using Runner.Worker.Logging;
using Runner.Worker.Release;

namespace Runner.Worker.Commands;

/// <summary>
/// <c>runner-worker wait --for SECONDS [--spool DIR]</c>: a worker started ahead of its job. It waits until it is given a payload, and is then what
/// <c>job</c> is; told to stop before that, or given nothing for so long, it ends as if nothing had been.
/// </summary>
internal static class WaitCommand
{
    /// <summary>Runs it; gives the exit code.</summary>
    /// <exception cref="UsageException">The time is no number of seconds.</exception>
    public static Task<int> RunAsync(Arguments arguments, WorkerHost host)
    {
        if (!int.TryParse(arguments["--for"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds == 0)
        {
            throw new UsageException($"--for must be a number of seconds, not '{arguments["--for"]}'");
        }

        var logger = host.Loggers.CreateLogger(nameof(WaitCommand));
        return JobCommand.RunAsync(WaitAsync, host);

        async Task<LaunchPayload?> WaitAsync(CancellationToken stopping)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), host.Time);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
            try
            {
                return PayloadReader.Read(await new PayloadSocket(arguments.Find("--spool") ?? PidFile.DefaultFolder).TakeAsync(ending.Token), host.Time.GetUtcNow());
            }
            catch (OperationCanceledException)
            {
                logger.NoJobGiven(WorkerVersion.Text);
                return null;
            }
        }
    }
}
