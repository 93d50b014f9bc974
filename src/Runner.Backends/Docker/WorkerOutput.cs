using Runner.Backends.Link;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Backends.Docker;

/// <summary>
/// Reads what a job's worker prints, out of its container's log: from the first line again each time the stream to the engine drops, as
/// numbered lines that came before are known.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="events">Takes the lines.</param>
/// <param name="time">The clock.</param>
internal sealed class WorkerOutput(DockerEngine engine, EventFeed events, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Reads until all that it printed is read, or the container is gone; then the feed ends.</summary>
    public async Task ReadAsync(string container, CancellationToken cancellationToken)
    {
        try
        {
            for (var pause = FirstPause; !await TryReadAsync(container, cancellationToken); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                await Task.Delay(pause, time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return; // nobody reads any more
        }
        finally
        {
            events.End();
        }
    }

    // Whether all is read. A reading that began after the worker's end has all of it.
    private async Task<bool> TryReadAsync(string container, CancellationToken cancellationToken)
    {
        try
        {
            var isRunning = (await engine.ReadStateAsync(container, cancellationToken)).Running;
            await engine.Streams.FollowLogAsync(container, line => TakeAsync(line, cancellationToken), cancellationToken);
            return events.IsComplete || !isRunning;
        }
        catch (InfrastructureException failure)
        {
            return EngineErrors.IsNotFound(failure);
        }
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        if (await events.TakeAsync(line, cancellationToken) == LineReading.Gap)
        {
            await events.SkipToAsync(line, cancellationToken); // a log does not bring later what it has lost
        }
    }
}
