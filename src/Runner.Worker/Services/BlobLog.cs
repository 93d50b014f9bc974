using Microsoft.Extensions.Logging;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Protocol.Results;
using Runner.Worker.Logging;
using Runner.Worker.Reporting;

namespace Runner.Worker.Services;

/// <summary>Brings one spooled log to its blob, whole and once, however often the service fails.</summary>
/// <remarks>
/// <para>
/// The hard case is an append whose answer was lost: it may have been done. Each append carries Azure's condition
/// <c>x-ms-blob-condition-appendpos</c>, so a block is taken only where it belongs; a repeated one that was taken before is refused with 412
/// (or 409 where it sealed the blob), which after a lost answer means "done", as we are the only writer and an append is all or nothing. A
/// request that was only delayed cannot slip in later for the same reason.
/// </para>
/// <para>
/// Storage that is not Azure's, or ignores the condition, shows itself: it is not called Azure, or does not answer a repeated append with
/// the offset that we expect (<c>x-ms-blob-append-offset</c>). Then the blob is made anew and the log sent again from the spool, which
/// keeps all of it. Reading the blob back to compare is no way: the signed address need not allow it.
/// </para>
/// </remarks>
internal sealed class BlobLog(
    ResultsClient results, BlobClient blobs, StepId? step, LogSpool spool, ReportingOptions options, TimeProvider time, ILogger logger) : ILogBlocks
{
    private readonly LogAddress _address = new(results, step, time);
    private bool _isAppendBlob;
    private bool _isCreated;
    private bool _isSealed;
    private bool _isUncertain;

    /// <inheritdoc/>
    public long Position { get; private set; }

    /// <inheritdoc/>
    public bool IsClosed => _isSealed;

    /// <inheritdoc/>
    public Task FinishAsync(CancellationToken cancellationToken) => results.PutLogMetadataAsync(step, spool.Lines, cancellationToken);

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellationToken) => _address.PrepareAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task SendBlockAsync(long target, bool isLast, CancellationToken cancellationToken)
    {
        var wasKept = _address.IsKept;
        try
        {
            await SendOnceAsync(target, isLast, cancellationToken);
        }
        catch (ProtocolException refusal) when (wasKept && refusal.Kind is ProtocolErrorKind.Unauthorized or ProtocolErrorKind.Forbidden)
        {
            // By the storage's clock the signature had ended.
            await SendOnceAsync(target, isLast, cancellationToken);
        }
    }

    private async Task SendOnceAsync(long target, bool isLast, CancellationToken cancellationToken)
    {
        var blob = await _address.GetAsync(cancellationToken);
        try
        {
            await SendToAsync(blob, target, isLast, cancellationToken);
        }
        catch
        {
            _address.Drop(); // whatever it was, the next try has an address of its own
            throw;
        }
    }

    private async Task SendToAsync(SignedBlob blob, long target, bool isLast, CancellationToken cancellationToken)
    {
        if (isLast && Position == 0 && !_isAppendBlob && target <= options.MaxBlockBytes)
        {
            await blobs.PutAsync(blob, "text/plain", () => spool.Read(0, (int)target), cancellationToken);
            Advance(target, seals: true);
            return;
        }

        if (!_isCreated)
        {
            // From here on it stays an append blob: Azure does not let a blob change its type.
            _isAppendBlob = true;
            await blobs.CreateAppendBlobAsync(blob, cancellationToken);
            _isCreated = true;
            _isUncertain = false;
        }

        if (_isUncertain && !blob.IsAzure)
        {
            throw Restart("an append had no answer, and the storage has no condition that tells whether it was done");
        }

        await AppendAsync(blob, target, isLast, cancellationToken);
    }

    private async Task AppendAsync(SignedBlob blob, long target, bool isLast, CancellationToken cancellationToken)
    {
        var length = (int)Math.Min(options.MaxBlockBytes, target - Position);
        var seals = isLast && Position + length == target;
        var isRepeated = _isUncertain;
        long? offset;
        try
        {
            _isUncertain = true;
            offset = await blobs.AppendAsync(blob, Position, seals, () => spool.Read(Position, length), cancellationToken);
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.BlobChanged && isRepeated)
        {
            Advance(length, seals);
            return;
        }
        catch (ProtocolException refusal) when (refusal.Kind is ProtocolErrorKind.BlobChanged or ProtocolErrorKind.BlobNotFound)
        {
            throw Restart(refusal.Message);
        }
        catch (ProtocolException refusal) when (length == 0 && refusal.Kind is not (ProtocolErrorKind.Unauthorized or ProtocolErrorKind.Forbidden))
        {
            // Only to seal a log whose last block was full. GitHub's runner sends it; Azure refuses a block without bytes, and nothing is lost.
            Advance(0, seals);
            return;
        }
        catch (ProtocolException)
        {
            _isUncertain = isRepeated; // refused is not done
            throw;
        }

        if (offset is { } at ? at != Position : isRepeated)
        {
            throw Restart("an append was repeated, and the storage does not say where it stands");
        }

        Advance(length, seals);
    }

    private void Advance(long bytes, bool seals)
    {
        Position += bytes;
        _isSealed = seals;
        _isUncertain = false;
    }

    // An exception, so that a storage that stays strange is asked after pauses only.
    private InfrastructureException Restart(string reason)
    {
        logger.LogRestarted(step?.ToString() ?? "the job", reason);
        Position = 0;
        _isCreated = false;
        _isUncertain = false;
        return new InfrastructureException(reason);
    }
}
