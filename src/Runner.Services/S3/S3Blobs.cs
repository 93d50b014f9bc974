using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs.Errors;
using Runner.Services.Blobs;
using Runner.Services.Records;

namespace Runner.Services.S3;

/// <summary>
/// Blobs in a bucket, which several servers have. The bytes of each upload are an object of their own; what makes them a blob is a document, the head, that names them in their
/// order. Nothing is copied and nothing written twice, whatever size blocks have.
/// </summary>
/// <remarks>
/// What may be written is decided by the head, which one writer changes at a time: what arrives is kept only if the head still takes it when it is there. Objects that no head names
/// go when the blob is complete or deleted.
/// </remarks>
internal sealed class S3Blobs : IBlobs
{
    private const string Data = "data/";
    private const int ReadsAtOnce = 16;

    private static readonly TimeSpan AddressLifetime = TimeSpan.FromMinutes(15);

    private readonly S3Bucket _bucket;
    private readonly S3Documents<BlobHead> _heads;
    private readonly SignsOfLife _signs;
    private readonly S3Ledger _ledger;
    private readonly TimeProvider _time;
    private readonly string _start;
    private readonly ConcurrentDictionary<string, bool> _unsettled = new(StringComparer.Ordinal); // blobs that are complete and may have more objects than they need
    private HashSet<string> _strays = [];

    /// <summary>Blobs of a bucket; nothing is read yet.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="start">First step of the names of all, with its slash; a second one follows.</param>
    /// <param name="budgets">What they count to.</param>
    /// <param name="time">The clock.</param>
    public S3Blobs(S3Bucket bucket, string start, BlobBudgets budgets, TimeProvider time)
    {
        _bucket = bucket;
        _heads = new S3Documents<BlobHead>(bucket, "heads/", S3Json.Default.BlobHead);
        _signs = new SignsOfLife(_heads, time);
        _ledger = new S3Ledger(budgets);
        _time = time;
        _start = start;
    }

    /// <summary>Whether downloads of what is one object are sent on to the bucket.</summary>
    public bool SendsDownloadsOn { get; init; }

    /// <summary>Told of bytes that were received.</summary>
    public Action<long>? Received { get; init; }

    /// <summary>Told what was left for later.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <inheritdoc/>
    public BlobStore? Appends => null;

    /// <inheritdoc/>
    public Task ReserveAsync(string name, string group, CancellationToken cancellationToken) =>
        _heads.TryAddAsync(name, new BlobHead { Group = group }, cancellationToken); // false: this very call, made again

    /// <inheritdoc/>
    public async Task<BlobInfo> PutAsync(string name, Stream content, long? length, string? contentType, bool onlyIfNew, CancellationToken cancellationToken)
    {
        var head = await WritableAsync(name, cancellationToken);
        RefuseExisting(name, head, onlyIfNew);
        var part = await ReceiveAsync(name, head, PartName.OfWhole(_time.GetUtcNow()), content, length, cancellationToken);
        return await KeepAsync(name, part, () => ChangeAsync(
            name,
            current =>
            {
                RefuseExisting(name, current, onlyIfNew);
                return Written(current, [part], contentType);
            },
            CancellationToken.None));
    }

    /// <inheritdoc/>
    public async Task StageBlockAsync(string name, string blockId, Stream content, long? length, CancellationToken cancellationToken)
    {
        StagedBlocks.Check(blockId);
        var head = await WritableAsync(name, cancellationToken);
        _ledger.AddBlock(name, head.Group, blockId);
        var part = await ReceiveAsync(name, head, PartName.OfBlock(blockId, _time.GetUtcNow()), content, length, cancellationToken);
        await KeepAsync(name, part, () => WritableAsync(name, CancellationToken.None));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(string Id, long Length)>> StagedBlocksAsync(string name, CancellationToken cancellationToken)
    {
        _ = await FindAsync(name, cancellationToken) ?? throw BlobException.NotFound(name);
        return [.. (await StagedAsync(name, cancellationToken)).Select(block => (block.Key, block.Value.Length))];
    }

    /// <inheritdoc/>
    public async Task<BlobInfo> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, string? contentType, CancellationToken cancellationToken)
    {
        await WritableAsync(name, cancellationToken);
        if (blockIds.Count > StagedBlocks.MaxBlocks)
        {
            throw StagedBlocks.TooMany(); // blocks are counted by the server that receives them
        }

        StagedBlocks.RefuseTwice(blockIds);
        var staged = await StagedAsync(name, cancellationToken);
        var parts = blockIds.Select(id => staged.GetValueOrDefault(id) ?? throw StagedBlocks.Missing(id)).ToImmutableArray();
        return await ChangeAsync(name, current => Written(current, parts, contentType), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<long> FreezeAsync(string name, long length, string? contentType, CancellationToken cancellationToken)
    {
        var found = 0L;
        var (parts, joined) = SendsDownloadsOn ? await JoinAsync(name, length, cancellationToken) : ([], null);
        var frozen = await _heads.ChangeAsync(
            name,
            head =>
            {
                found = head.Length;
                var kept = head.Parts ?? [];
                return found == length && !head.IsSealed
                    ? head with { Parts = joined is not null && kept.SequenceEqual(parts) ? [joined] : kept, IsSealed = true, ContentType = head.ContentType ?? contentType }
                    : null;
            },
            cancellationToken);
        if (frozen is null && joined is not null)
        {
            await _bucket.DeleteAsync(KeyOf(name, joined), tag: null, CancellationToken.None); // another call was faster
        }

        if (frozen is null && await FindAsync(name, cancellationToken) is null)
        {
            throw BlobException.NotFound(name);
        }

        return found;
    }

    /// <inheritdoc/>
    public void Release(string name) => _ledger.Release(name);

    /// <summary>As it says there; where that fails, the next look through the bucket does it.</summary>
    public async Task SettleAsync(string name, CancellationToken cancellationToken)
    {
        _ledger.Release(name);
        _unsettled[name] = true;
        if (await FindAsync(name, cancellationToken) is { IsSealed: true } head)
        {
            var kept = head.Parts?.Select(part => part.Name).ToHashSet(StringComparer.Ordinal);
            await DeletePartsAsync(name, part => kept?.Contains(part.Name) != true);
        }

        _unsettled.TryRemove(name, out _);
    }

    /// <inheritdoc/>
    public async Task<BlobDownload?> OpenAsync(string name, string disposition, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is not { Parts: { } parts } head || head.InfoOf(name) is not { } info)
        {
            return null;
        }

        var elsewhere = SendsDownloadsOn && head.IsSealed && parts is [var one]
            ? await _bucket.SignAsync(KeyOf(name, one), AddressLifetime, info.ContentType, disposition)
            : null;
        var content = new PartsStream(
            [.. parts.Select(part => part.Length)],
            async (i, from, token) => await _bucket.OpenAsync(KeyOf(name, parts[i]), from, parts[i].Length - from, token));
        return new BlobDownload(info, content, elsewhere);
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> LastReceivedAsync(string name, CancellationToken cancellationToken) => (await FindAsync(name, cancellationToken))?.LastReceived;

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        await _heads.DropAsync(name, cancellationToken); // from here on it takes nothing
        await DeletePartsAsync(name, _ => true);
        _ledger.Release(name);
    }

    /// <inheritdoc/>
    public async Task TidyAsync(IReadOnlySet<string> unfinished, IReadOnlySet<string> complete, bool areAll, CancellationToken cancellationToken)
    {
        foreach (var blob in _ledger.Blobs.Where(complete.Contains))
        {
            _ledger.Release(blob); // another server completed it
        }

        foreach (var blob in _unsettled.Keys)
        {
            await BestEffort.TryAsync(Logger, $"removal of what is no part of '{blob}'", () => SettleAsync(blob, cancellationToken));
        }

        if (!areAll)
        {
            return;
        }

        var heads = (await _heads.ListAsync(_start, cancellationToken)).Select(head => head.Place);
        var data = (await _bucket.ListFoldersAsync(Data + _start, cancellationToken)).Select(folder => _start + folder.TrimEnd('/'));

        // Not at once: its record may have been made behind the listing.
        var nobodys = heads.Concat(data).Concat(_ledger.Blobs).Where(blob => !unfinished.Contains(blob) && !complete.Contains(blob)).ToHashSet(StringComparer.Ordinal);
        foreach (var blob in nobodys.Where(_strays.Contains))
        {
            await BestEffort.TryAsync(Logger, $"removal of '{blob}', which is nobody's", () => DeleteAsync(blob, cancellationToken));
        }

        _strays = nobodys;
    }

    private static void RefuseExisting(string name, BlobHead head, bool onlyIfNew)
    {
        if (onlyIfNew && head.Parts is not null)
        {
            throw BlobException.AlreadyExists(name);
        }
    }

    private BlobHead Written(BlobHead head, ImmutableArray<BlobPart> parts, string? contentType) =>
        head with { Parts = parts, ContentType = string.IsNullOrEmpty(contentType) ? null : contentType, LastModified = _time.GetUtcNow() };

    private static string KeyOf(string name, BlobPart part) => $"{Data}{name}/{part.Name}";

    // Another store over the same bucket has heads beside these, and its addresses have the same signer.
    private async Task<BlobHead?> FindAsync(string name, CancellationToken cancellationToken) => !BlobStore.IsName(name) ? throw BlobStore.NoName(name)
        : name.StartsWith(_start, StringComparison.Ordinal) ? (await _heads.FindAsync(name, cancellationToken))?.Value
        : null;

    private async Task<BlobHead> WritableAsync(string name, CancellationToken cancellationToken)
    {
        var head = await FindAsync(name, cancellationToken) ?? throw BlobException.NotFound(name);
        return head.IsSealed ? throw BlobException.Sealed(name) : head;
    }

    // With those that are the blob already: a list whose answer was lost comes again.
    private async Task<IReadOnlyDictionary<string, BlobPart>> StagedAsync(string name, CancellationToken cancellationToken) => PartName.Blocks(await PartsAsync(name, cancellationToken));

    private async Task<IEnumerable<BlobPart>> PartsAsync(string name, CancellationToken cancellationToken) =>
        (await _bucket.ListAsync($"{Data}{name}/", cancellationToken)).Select(item => new BlobPart(item.Key, item.Length));

    private async Task DeletePartsAsync(string name, Func<BlobPart, bool> isMeant) =>
        await _bucket.DeleteAsync((await PartsAsync(name, CancellationToken.None)).Where(isMeant).Select(part => KeyOf(name, part)), CancellationToken.None);

    private async Task<BlobPart> ReceiveAsync(string name, BlobHead head, string partName, Stream content, long? length, CancellationToken cancellationToken)
    {
        var part = new BlobPart(partName, length ?? throw new BlobException(411, "MissingContentLengthHeader", "The header Content-Length is missing."));
        var lastSign = head.LastReceived;
        var (counted, hasLooked) = (0L, false);
        await using var body = new MeasuredBody(content, part.Length, ArrivedAsync);
        try
        {
            await _bucket.PutAsync(KeyOf(name, part), body, part.Length, cancellationToken);
            Received?.Invoke(part.Length);
        }
        catch
        {
            _ledger.Give(name, counted);
            body.ThrowIfBroken();
            throw;
        }

        await KeepAsync(name, part, () => body.RefuseMoreAsync(cancellationToken));
        return part;

        async ValueTask ArrivedAsync(int bytes, CancellationToken token)
        {
            try
            {
                _ledger.Take(name, head.Group, bytes);
            }
            catch (BlobException) when (!hasLooked)
            {
                hasLooked = true;
                await ReleaseCompleteAsync(token);
                _ledger.Take(name, head.Group, bytes);
            }

            counted += bytes;
            if (_signs.IsDue(lastSign))
            {
                lastSign = await _signs.GiveAsync(name, token);
            }
        }
    }

    // Another server may have completed or deleted what this one received.
    private Task ReleaseCompleteAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        _ledger.Blobs,
        new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
        async (blob, token) =>
        {
            if (await FindAsync(blob, token) is null or { IsSealed: true })
            {
                _ledger.Release(blob);
            }
        });

    // One object can be fetched from the bucket directly. What cannot be joined is served from here.
    private async Task<(ImmutableArray<BlobPart> Parts, BlobPart? Joined)> JoinAsync(string name, long length, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is not { IsSealed: false, Parts: { } parts } head || head.Length != length || !S3Join.Takes(parts))
        {
            return ([], null);
        }

        var joined = new BlobPart(PartName.OfWhole(_time.GetUtcNow()), length);
        try
        {
            await _bucket.JoinAsync(parts.Select(part => KeyOf(name, part)), KeyOf(name, joined), cancellationToken);
            return (parts, joined);
        }
        catch (InfrastructureException)
        {
            return ([], null); // not every server does that
        }
    }

    // Asked again once the bytes are there: meanwhile the blob may have been completed or deleted, by another server too. Of what failed otherwise nobody knows whether it was done: the object stays
    // until the blob is complete or goes.
    private async Task<TAnswer> KeepAsync<TAnswer>(string name, BlobPart part, Func<Task<TAnswer>> ask)
    {
        try
        {
            return await ask();
        }
        catch (BlobException)
        {
            _ledger.Give(name, part.Length);
            await _bucket.DeleteAsync(KeyOf(name, part), tag: null, CancellationToken.None);
            throw;
        }
    }

    private async Task<BlobInfo> ChangeAsync(string name, Func<BlobHead, BlobHead> change, CancellationToken cancellationToken)
    {
        var changed = await _heads.ChangeAsync(name, head => head.IsSealed ? throw BlobException.Sealed(name) : change(head), cancellationToken);
        return (changed ?? throw BlobException.NotFound(name)).InfoOf(name)
            ?? new BlobInfo { Name = name, Type = BlobType.BlockBlob };
    }
}
