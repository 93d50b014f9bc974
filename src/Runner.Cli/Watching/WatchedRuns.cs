using System.Runtime.InteropServices;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Watching;

/// <summary><c>--watch</c>: does it all again whenever the checkout changes.</summary>
/// <param name="watch">Sees changes.</param>
/// <param name="changesCheckout">Whether runs work in the checkout itself: what they leave there is no change then.</param>
/// <param name="surroundings">The process.</param>
internal sealed class WatchedRuns(CheckoutWatch watch, bool changesCheckout, CliSurroundings surroundings)
{
    /// <summary>Runs until Ctrl-C; gives the last run's exit code.</summary>
    /// <param name="run">One run; gives its exit code.</param>
    public async Task<int> RunAsync(Func<Task<int>> run)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            await watch.NoteAsync(CancellationToken.None);
            var code = isFirst ? await run() : await RunAgainAsync(run);
            if (code == ExitCodes.Interrupted)
            {
                return code;
            }

            if (changesCheckout)
            {
                await watch.NoteAsync(CancellationToken.None);
            }

            await surroundings.Error.WriteLineAsync("runner: waiting for changes of the checkout (Ctrl-C ends)");
            if (await NextAsync() is not { } changes)
            {
                return code;
            }

            var more = changes.Count == 1 ? string.Empty : $" and {changes.Count - 1} more";
            await surroundings.Error.WriteLineAsync($"runner: {changes[0]}{more} changed, running again");
        }
    }

    // Whoever is in the middle of an edit makes mistakes: they end no watch.
    private async Task<int> RunAgainAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception failure) when (CommandFailures.CodeOf(failure) is { } code)
        {
            await CommandFailures.WriteAsync(failure, surroundings.Error);
            return code;
        }
    }

    private async Task<IReadOnlyList<string>?> NextAsync()
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await watch.ChangedAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
