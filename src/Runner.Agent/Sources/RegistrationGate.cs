namespace Runner.Agent.Sources;

/// <summary>Lets few slots register at a time: GitHub counts calls that come together against a second limit, and a hundred slots start together.</summary>
internal sealed class RegistrationGate(TimeProvider time) : IDisposable
{
    private const int AtATime = 8;

    // Less than a cluster gives an agent that it ends.
    private static readonly TimeSpan LastCallLimit = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _free = new(AtATime);

    /// <summary>
    /// Makes the call when it is its turn. The end of the agent does not cut it off at once: GitHub may have made the runner by then, and who has no answer
    /// cannot remove it.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="stopping">The end of the agent.</param>
    public async Task<T> PassAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken stopping)
    {
        await _free.WaitAsync(stopping);
        try
        {
            using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            await using var ending = stopping.Register(() => limit.CancelAfter(LastCallLimit));
            return await call(limit.Token);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();
}
