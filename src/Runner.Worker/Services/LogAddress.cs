using Runner.Jobs;
using Runner.Protocol.Results;

namespace Runner.Worker.Services;

/// <summary>
/// The signed address of one log: asked for while the log grows, so that its end waits for one call less, and used for as long as its signature holds.
/// </summary>
/// <remarks>
/// GitHub's runner asks anew for every block. The signature says itself until when it is good (<see cref="SignedBlob.Expires"/>); one that does not say is
/// taken to be good for a minute. Clocks differ, so a refusal of an address that was kept means no more than that a new one is needed.
/// </remarks>
internal sealed class LogAddress(ResultsClient results, StepId? step, TimeProvider time)
{
    // Left of a signature for a request to arrive.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    // Left of a signature when the next is asked for ahead: a log that grows or waits is looked at every half minute.
    private static readonly TimeSpan AheadMargin = TimeSpan.FromSeconds(90);

    // One that is good for less is asked for when it is needed: ahead, it would be asked for again and again.
    private static readonly TimeSpan LeastToKeepReady = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan AssumedLife = TimeSpan.FromMinutes(1);

    private SignedBlob? _kept;
    private DateTimeOffset _until;
    private DateTimeOffset _readyUntil;

    /// <summary>Whether <see cref="GetAsync"/> gives an address that was asked for before.</summary>
    public bool IsKept => _kept is not null && time.GetUtcNow() < _until;

    /// <summary>Asks ahead, unless an address is at hand for some time yet.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() >= _readyUntil)
        {
            await AskAsync(cancellationToken);
        }
    }

    /// <summary>An address to put to now.</summary>
    public async Task<SignedBlob> GetAsync(CancellationToken cancellationToken) =>
        _kept is { } kept && IsKept ? kept : await AskAsync(cancellationToken);

    /// <summary>The address did not serve: the next call gets a new one.</summary>
    public void Drop() => _kept = null;

    private async Task<SignedBlob> AskAsync(CancellationToken cancellationToken)
    {
        var blob = await results.GetLogUrlAsync(step, cancellationToken);
        var now = time.GetUtcNow();
        _kept = blob;
        _until = blob.Expires is { } end ? end - Margin : now + AssumedLife;
        _readyUntil = blob.Expires is { } known && known - now >= LeastToKeepReady ? known - AheadMargin : DateTimeOffset.MaxValue;
        return blob;
    }
}
