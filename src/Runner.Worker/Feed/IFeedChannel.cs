namespace Runner.Worker.Feed;

/// <summary>What live lines go through. Calls may fail in any way of the network; the feed then rests.</summary>
internal interface IFeedChannel : IDisposable
{
    /// <summary>Sends lines of a step, over a connection that is made where there is none.</summary>
    Task SendAsync(FeedMessage message, CancellationToken cancellationToken);

    /// <summary>Lets go of a connection that failed.</summary>
    void Drop();

    /// <summary>Ends a connection well.</summary>
    Task CloseAsync(CancellationToken cancellationToken);
}
