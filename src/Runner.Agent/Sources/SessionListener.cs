using Microsoft.Extensions.Logging;
using Polly;
using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Agent.Supervision;
using Runner.Jobs.Errors;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;

namespace Runner.Agent.Sources;

/// <summary>Listens to the broker through a session: for offers while the runner waits, for a cancel while its job runs.</summary>
internal sealed class SessionListener(IRunnerSession session, ResiliencePipeline polls, LoopHealth health, TimeProvider time, ILogger logger)
{
    private readonly PollPace _pace = new(time);

    /// <summary>The next message, or <c>null</c> where there was none. A session that expired is opened anew.</summary>
    /// <exception cref="ProtocolException">The session cannot go on.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public async Task<IncomingMessage?> NextAsync(RunnerStatus status, CancellationToken cancellationToken) =>
        await polls.ExecuteAsync(async token => await PollAsync(status, token), cancellationToken);

    /// <summary>Whether the session answers as those of runners do that can get no job any more.</summary>
    public bool IsUsedUp => _pace.IsUsedUp;

    /// <summary>Waits for the end of a job, and passes a cancel on to it.</summary>
    public async Task<JobVerdict> FollowAsync(JobRun run)
    {
        using var ended = new CancellationTokenSource();
        var listening = ListenAsync(run, ended.Token);
        var verdict = await run.Ended;
        await ended.CancelAsync();
        await listening;
        return verdict;
    }

    /// <summary>Tells of a message that means nothing here.</summary>
    public void Ignore(IncomingMessage? message)
    {
        if (message is not null)
        {
            logger.MessageIgnored(message.GetType().Name, session.RunnerName);
        }
    }

    private async Task<IncomingMessage?> PollAsync(RunnerStatus status, CancellationToken cancellationToken)
    {
        await _pace.BeginAsync(cancellationToken);
        health.Turn(isReady: true);
        IncomingMessage? message = null;
        try
        {
            message = await session.NextAsync(status, cancellationToken);
        }
        catch (ProtocolException refusal) when (SessionRules.On(refusal.Kind) == SessionDecision.Reopen)
        {
            await session.ReopenAsync(cancellationToken);
        }

        _pace.End(isEmpty: message is null);
        return message;
    }

    private async Task ListenAsync(JobRun run, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                try
                {
                    var message = await NextAsync(RunnerStatus.Busy, ended);
                    if (message is JobCanceled { Cancellation: var cancellation } && cancellation.JobId == run.JobId.Value)
                    {
                        run.Cancel(cancellation.Timeout);
                    }
                    else
                    {
                        Ignore(message);
                    }
                }
                catch (InfrastructureException)
                {
                    // Told by the pipeline, which waited between its tries. The job runs on; only a cancel would not arrive.
                    health.Turn(isReady: true);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The job is over.
        }
        catch (ProtocolException refusal)
        {
            // The broker forgets an ephemeral runner as soon as its job is complete, often before the worker has ended.
            logger.SessionEnded(session.RunnerName, refusal.Kind, refusal.Message);
        }
        finally
        {
            health.Park();
        }
    }
}
