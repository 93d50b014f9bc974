using Runner.Protocol.Tenant;

namespace Runner.Worker.Feed;

/// <summary>Live lines as calls of the job's plan: the way of older servers (V1) that name no WebSocket.</summary>
internal sealed class PlanChannel(PlanClient plan) : IFeedChannel
{
    /// <inheritdoc/>
    public Task SendAsync(FeedMessage message, CancellationToken cancellationToken)
    {
        var json = message.ToJson();
        return plan.AppendFeedAsync(message.Step.Value, json, cancellationToken);
    }

    /// <inheritdoc/>
    public void Drop()
    {
        // Each call stands for itself.
    }

    /// <inheritdoc/>
    public Task CloseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        // There is nothing to let go of.
    }
}
