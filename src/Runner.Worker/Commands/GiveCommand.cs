using Runner.Worker.Hosting;
using Runner.Worker.Jobs;
using Runner.Worker.Release;

namespace Runner.Worker.Commands;

/// <summary>
/// <c>runner-worker give --job ID --payload BYTES [--spool DIR]</c>: gives the worker of this pod, which waits for a job, so many bytes of standard input as
/// its payload. It may be given again.
/// </summary>
internal static class GiveCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Runs it; gives the exit code: 69 where no worker waits here, or it has another job; 75 where one may take the job yet.</summary>
    /// <exception cref="UsageException">The id or the number is none.</exception>
    public static async Task<int> RunAsync(Arguments arguments, Stream input, TextWriter error, TimeProvider time)
    {
        if (!Guid.TryParse(arguments["--job"], out var job))
        {
            throw new UsageException($"--job must be a job's id, not '{arguments["--job"]}'");
        }

        var payload = WordInput.ReadExactly("--payload", arguments["--payload"], input, PayloadSocket.MaxBytes);
        var folder = arguments.Find("--spool") ?? PidFile.DefaultFolder;
        var worker = new PayloadSocket(folder);
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            if (await worker.GiveAsync(job, payload, time, limit.Token))
            {
                return ExitCodes.Ok;
            }

            await error.WriteLineAsync("runner-worker: the worker has another job");
        }
        catch (OperationCanceledException) when (worker.HasSent)
        {
            await error.WriteLineAsync("runner-worker: the worker has not answered");
            return ExitCodes.Unanswered;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync($"runner-worker: no worker waits for a job in {folder}");
        }

        return ExitCodes.Infrastructure;
    }
}
