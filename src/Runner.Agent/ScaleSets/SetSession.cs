using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;

namespace Runner.Agent.ScaleSets;

/// <summary>Opens the one session of a scale set, and closes it. Where another agent holds it, this one waits its turn, in short flat steps: a hand-over must not wait.</summary>
internal sealed class SetSession(
    ScaleSetClient client, SetOwner owner, SessionNotes notes, AgentMetrics metrics, SupervisionOptions options, TimeProvider time, ILogger<SetSession> logger)
{
    private static readonly TimeSpan ConflictPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TellAgain = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(10);

    /// <summary>Opens it, however long another agent holds it.</summary>
    /// <exception cref="ProtocolException">GitHub refuses it; <see cref="ProtocolErrorKind.ScaleSetNotFound"/>.</exception>
    /// <exception cref="InfrastructureException">GitHub could not be reached.</exception>
    public async Task<ScaleSetMessages> OpenAsync(RunnerPool pool, RunnerScaleSet set, LoopHealth health, CancellationToken cancellationToken)
    {
        var pause = options.RetryPause < ConflictPause ? options.RetryPause : ConflictPause;
        Guid? ended = null;
        for (long? told = null; ;)
        {
            try
            {
                var messages = await OpenOnceAsync(set, cancellationToken);
                await notes.KeepAsync(set.Id ?? 0, messages.SessionId);
                if (cancellationToken.IsCancellationRequested)
                {
                    await CloseAsync(pool, set, messages);
                    cancellationToken.ThrowIfCancellationRequested();
                }

                logger.SetSessionOpened(pool.Name, set.Name ?? string.Empty, messages.Statistics.TotalAssignedJobs, messages.Statistics.TotalRunningJobs);
                Show(pool, isHeld: true);
                return messages;
            }
            catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.SessionConflict)
            {
                if (told is null || time.GetElapsedTime(told.Value) >= TellAgain)
                {
                    told = time.GetTimestamp();
                    logger.SetSessionElsewhere(pool.Name, set.Name ?? string.Empty, refusal.Message);
                }

                health.Turn(isReady: true); // whoever waits to take over is as ready as can be
                if (await notes.FindLeftOverAsync(set.Id ?? 0, cancellationToken) is { } left && left.Session != ended
                    && await EndAsync(pool, token => client.DeleteSessionAsync(set.Id ?? 0, left.Session, token), cancellationToken))
                {
                    ended = left.Session; // once: where it was not that one, GitHub's patience is all there is
                    logger.SetSessionLeftOver(pool.Name, set.Name ?? string.Empty, left.Agent);
                }
                else
                {
                    await Task.Delay(pause, time, cancellationToken);
                }
            }
        }
    }

    // Not cut short by a stop: a session that is open and that nobody knows of keeps the next agent waiting.
    private async Task<ScaleSetMessages> OpenOnceAsync(RunnerScaleSet set, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var limit = new CancellationTokenSource(OpenLimit, time);
        try
        {
            return await client.OpenSessionAsync(set.Id ?? 0, $"{owner.Instance} (PID: {Environment.ProcessId})", limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new InfrastructureException($"GitHub did not open a session of scale set {set.Name} within {OpenLimit.TotalSeconds:0} s");
        }
    }

    /// <summary>Writes down that this agent has it, where that could not be done before.</summary>
    public Task CatchUpAsync(RunnerScaleSet set) => notes.CatchUpAsync(set.Id ?? 0);

    /// <summary>The session is this agent's no more.</summary>
    public void Lost(RunnerScaleSet set) => notes.Forget(set.Id ?? 0);

    /// <summary>Closes it, so that the next agent need not wait.</summary>
    public async Task CloseAsync(RunnerPool pool, RunnerScaleSet set, ScaleSetMessages messages)
    {
        Show(pool, isHeld: false);
        await notes.RemoveAsync(set.Id ?? 0); // before the next agent writes its own
        await EndAsync(pool, messages.CloseAsync, CancellationToken.None);
    }

    private void Show(RunnerPool pool, bool isHeld)
    {
        pool.SetSession(isHeld);
        metrics.SetSession(pool.Name, pool.Size, isHeld);
    }

    /// <summary>Whether a session is over now, by this call or before.</summary>
    private async Task<bool> EndAsync(RunnerPool pool, Func<CancellationToken, Task> end, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CloseLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await end(either.Token);
        }
        catch (ProtocolException)
        {
            // It is gone already: that is what was wanted.
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            logger.SetCallFailed("Ending a session", pool.Name, error.Message);
            return false;
        }

        return true;
    }
}
