using Microsoft.Extensions.Logging;
using Polly;
using Runner.Agent.Board;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Agent.Sources;
using Runner.Agent.Supervision;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;

namespace Runner.Agent.ScaleSets;

/// <summary>Listens to the queue of a pool's scale set: one session, one poll at a time (<c>scaleset.md</c> section 9).</summary>
internal sealed class ScaleSetListener(
    RunnerPool pool,
    ScaleSetOrders orders,
    SetSetup setup,
    SetSession sessions,
    SlotPipelines pipelines,
    PoolOffers offers,
    JobSupervisor supervisor,
    LoopHealth health,
    AgentMetrics metrics,
    TimeProvider time,
    ILogger logger,
    GitHubBoard? board = null)
{
    // A session that ends sooner is no reason to open another one at once.
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RoomLook = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CountAge = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LastMessageLimit = TimeSpan.FromSeconds(5);

    private readonly ResiliencePipeline _polls = pipelines.Polls(pool.Name);
    private long _counted;

    /// <summary>Listens until it is told to stop, through whatever happens to session and set.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var turns = pipelines.Turns(pool.Name, health);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await turns.ExecuteAsync(async token => await TurnAsync(token), stopping);
            }
        }
        catch (Exception ended) when (stopping.IsCancellationRequested && ended is OperationCanceledException or ProtocolException or InfrastructureException or OperatorException)
        {
            // That is what was asked for, or happened on the way.
        }

        health.Park();
    }

    /// <summary>One session, from the look for its set to its end.</summary>
    private async Task TurnAsync(CancellationToken stopping)
    {
        health.Turn(isReady: false);
        var set = await setup.FindAsync(pool, stopping);
        orders.Use(set.Id ?? 0);
        var messages = await sessions.OpenAsync(pool, set, health, stopping);
        var opened = time.GetTimestamp();
        try
        {
            Note(messages.Statistics);
            await ListenAsync(set, messages, stopping);
        }
        catch (ProtocolException refusal) when (IsGone(refusal))
        {
            sessions.Lost(set);
            if (time.GetElapsedTime(opened) < ShortLife)
            {
                throw;
            }

            logger.SetSessionLost(pool.Name, set.Name ?? string.Empty, refusal.Message);
        }
        finally
        {
            await sessions.CloseAsync(pool, set, messages);
        }
    }

    private static bool IsGone(ProtocolException refusal) =>
        refusal.Kind is ProtocolErrorKind.ScaleSetNotFound or ProtocolErrorKind.SessionInvalid or ProtocolErrorKind.Unauthorized;

    // The cursor is the session's own: a new one begins with what was not deleted.
    private async Task ListenAsync(RunnerScaleSet set, ScaleSetMessages messages, CancellationToken stopping)
    {
        var pace = new PollPace(time);
        for (var cursor = 0L; !stopping.IsCancellationRequested;)
        {
            await pace.BeginAsync(stopping);
            health.Turn(isReady: true);
            await sessions.CatchUpAsync(set);
            var last = cursor;
            var news = await _polls.ExecuteAsync(async token => await PollAsync(set, messages, last, token), stopping);
            pace.End(isEmpty: news is null, isNew: news?.Id > last);
            if (news is not null)
            {
                cursor = Math.Max(cursor, news.Id);
                Read(news);
            }
            else if ((orders.IsOpen || Capacity() < pool.Size) && time.GetElapsedTime(_counted) >= CountAge && !stopping.IsCancellationRequested)
            {
                Note(await messages.RefreshAsync(stopping));
            }

            if (!stopping.IsCancellationRequested)
            {
                await FollowUpAsync(messages); // else the session is closed; what is not deleted is told to the next agent
            }
        }
    }

    /// <summary>
    /// The next message. A poll that was told of less room than there is now is made anew: what is said into one that was given up comes
    /// again. At the end of the agent the session is closed, which ends its poll.
    /// </summary>
    private async Task<ScaleSetNews?> PollAsync(RunnerScaleSet set, ScaleSetMessages messages, long cursor, CancellationToken stopping)
    {
        var told = Capacity();
        metrics.Sets.SetCapacity(pool.Name, told);
        using var poll = new CancellationTokenSource();
        var next = messages.NextAsync(cursor, told, poll.Token);
        using (var leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping))
        {
            do
            {
                await Task.WhenAny(next, Task.Delay(told < pool.Size ? RoomLook : Timeout.InfiniteTimeSpan, time, leaving.Token));
            }
            while (!next.IsCompleted && !stopping.IsCancellationRequested && Capacity() <= told);
            await leaving.CancelAsync();
        }

        if (!next.IsCompleted)
        {
            if (stopping.IsCancellationRequested)
            {
                await sessions.CloseAsync(pool, set, messages);
                await Task.WhenAny(next, Task.Delay(LastMessageLimit, time, CancellationToken.None));
            }

            await poll.CancelAsync();
        }

        try
        {
            return await next;
        }
        catch (OperationCanceledException) when (poll.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception error) when (stopping.IsCancellationRequested && error is ProtocolException or InfrastructureException)
        {
            return null;
        }
    }

    private int Capacity() => SetCapacity.Of(pool.Size, orders.Assigned, Offer());

    private PoolOffer Offer() => offers.For(pool, orders.Waiting);

    private void Read(ScaleSetNews news)
    {
        if (news.Defect is { } defect)
        {
            metrics.GitHub.MessageIgnored("unreadable");
            logger.SetMessageUnreadable(pool.Name, news.Id, defect);
        }

        orders.Read(news);
        Show(news.Statistics);
        board?.Told(news.Jobs.Select(job => (job.JobId, job.QueueTime, job.MessageType == ScaleSetJobTypes.Completed)));
        foreach (var job in news.Jobs.Where(job => job.MessageType == ScaleSetJobTypes.Started && job.QueueTime != default))
        {
            metrics.Sets.Waited(pool.Name, time.GetUtcNow() - job.QueueTime);
        }

        foreach (var job in news.Jobs.Where(job => job.MessageType == ScaleSetJobTypes.Completed))
        {
            if (Guid.TryParse(job.JobId, out var id))
            {
                supervisor.EndedAtGitHub(new JobId(id), job.Result);
            }
        }
    }

    private void Note(ScaleSetStatistics counted)
    {
        orders.Note(counted);
        Show(counted);
    }

    private void Show(ScaleSetStatistics? counted)
    {
        if (counted is not null)
        {
            _counted = time.GetTimestamp();
            metrics.Sets.SetJobs(pool.Name, counted.TotalAvailableJobs, counted.TotalAssignedJobs, counted.TotalRunningJobs);
            board?.Counted(pool.Name, counted.TotalAvailableJobs, counted.TotalAssignedJobs, counted.TotalRunningJobs);
        }
    }

    /// <summary>Acquires what is offered and deletes what is done with. It is not interrupted: what was begun with a message is brought to its end.</summary>
    private async Task FollowUpAsync(ScaleSetMessages messages)
    {
        try
        {
            if (orders.Offers(Offer()) is { Count: > 0 } offers)
            {
                await AcquireAsync(messages, offers);
            }

            foreach (var message in orders.Deletable())
            {
                await DeleteAsync(messages, message);
                orders.Deleted(message);
            }
        }
        catch (InfrastructureException error)
        {
            logger.SetCallFailed("Answering messages", pool.Name, error.Message);
        }
    }

    private async Task DeleteAsync(ScaleSetMessages messages, long message)
    {
        try
        {
            await messages.DeleteAsync(message, CancellationToken.None);
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.ScaleSetNotFound)
        {
            // Deleted before, by a call whose answer was lost; where it is the session that is gone, the next poll says so.
            logger.SetCallFailed("Deleting a message", pool.Name, refusal.Message);
        }
    }

    private async Task AcquireAsync(ScaleSetMessages messages, IReadOnlyList<long> offers)
    {
        try
        {
            await messages.AcquireAsync(offers, CancellationToken.None);
        }
        catch (ProtocolException refusal) when (!IsGone(refusal) || refusal.Kind == ProtocolErrorKind.ScaleSetNotFound)
        {
            logger.SetCallFailed("Acquiring jobs", pool.Name, refusal.Message); // they are offered again, or went elsewhere
        }

        orders.Asked(offers);
    }
}
