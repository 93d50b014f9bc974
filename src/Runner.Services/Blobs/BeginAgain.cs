using Runner.Jobs.Callers;
using Runner.Services.Records;

namespace Runner.Services.Blobs;

/// <summary>A call that begins what is begun already: it may be the first one, made again because its answer was lost.</summary>
internal static class BeginAgain
{
    // GitHub's clients try again after 3 s at the earliest. Who comes sooner is another step or program of the job, and was told of none.
    private static readonly TimeSpan SoonestRetry = TimeSpan.FromSeconds(2);

    /// <summary>Whether the caller gets what is there: it is the same job's, not complete, and nothing of it has arrived.</summary>
    /// <param name="present">What is there.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="createdAt">When it was begun.</param>
    /// <param name="blobs">Where its bytes are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<bool> IsMeantAsync(
        IRecord present, ServiceCaller caller, DateTimeOffset createdAt, IBlobs blobs, TimeProvider time, CancellationToken cancellationToken) =>
        !present.IsFinal
        && present.Job == caller.Job
        && createdAt + SoonestRetry <= time.GetUtcNow()
        && await blobs.LastReceivedAsync(present.Blob, cancellationToken) is null;
}
