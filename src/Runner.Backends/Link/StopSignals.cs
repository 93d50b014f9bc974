namespace Runner.Backends.Link;

/// <summary>Ends what runs for a worker as GitHub's runner ends a process: SIGINT, 7.5 s, SIGTERM, 2.5 s; then whoever called kills it.</summary>
public static class StopSignals
{
    private static readonly (string Signal, TimeSpan Wait)[] Sequence = [("INT", TimeSpan.FromSeconds(7.5)), ("TERM", TimeSpan.FromSeconds(2.5))];

    /// <summary>Sends the signals until it ends; gives whether it did.</summary>
    /// <param name="send">Sends one; its name is without <c>SIG</c>.</param>
    /// <param name="waitForEnd">Completes when it has ended; called, and cancelled, once for each signal.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<bool> SendAsync(
        Func<string, CancellationToken, Task> send, Func<CancellationToken, Task> waitForEnd, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(send);
        ArgumentNullException.ThrowIfNull(waitForEnd);
        foreach (var (signal, wait) in Sequence)
        {
            await send(signal, cancellationToken);
            if (await EndsWithinAsync(wait, waitForEnd, time, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Waits for an end, but not for ever; gives whether it came.</summary>
    public static async Task<bool> EndsWithinAsync(
        TimeSpan wait, Func<CancellationToken, Task> waitForEnd, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(waitForEnd);
        using var limit = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await waitForEnd(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
