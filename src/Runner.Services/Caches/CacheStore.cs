using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs.Callers;
using Runner.Services.Blobs;
using Runner.Services.Callers;
using Runner.Services.Records;

namespace Runner.Services.Caches;

/// <summary>The caches of all repositories, with GitHub's rules of scope, key, quota and age.</summary>
public sealed class CacheStore
{
    private const int MaxSaving = 200; // of a repository at a time; one that is begun may be nothing but a name
    private const int MaxCaches = 20_000; // of a repository

    private static readonly TimeSpan SavingPatience = TimeSpan.FromMinutes(15);

    private readonly IRecords<CacheRecord> _records;
    private readonly IBlobs _blobs;
    private readonly ServiceLimits _limits;
    private readonly TimeProvider _time;

    internal CacheStore(IRecords<CacheRecord> records, IBlobs blobs, ServiceLimits limits, TimeProvider time)
    {
        _records = records;
        _blobs = blobs;
        _limits = limits;
        _time = time;
    }

    /// <summary>Told of each cache what becomes of it.</summary>
    public Action<CacheEvent>? Told { get; init; }

    /// <summary>Whether somebody looks through all now and then (<see cref="SweepAllAsync"/>). Default false: calls do so, of what is known.</summary>
    internal bool IsSwept { get; init; }

    /// <summary>How much later than the last one a use is noted. Default 0: each is.</summary>
    internal TimeSpan UseStep { get; init; }

    /// <summary>Told what was left for later.</summary>
    internal ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Where their bytes are.</summary>
    internal IBlobs Blobs => _blobs;

    /// <summary>How many complete caches are known, and their bytes.</summary>
    public (int Count, long Bytes) Size
    {
        get
        {
            var all = KnownFinal();
            return (all.Count, all.Sum(cache => cache.Size));
        }
    }

    /// <summary>The budgets that the limits make.</summary>
    internal static BlobBudgets BudgetsOf(ServiceLimits limits) => new(
        Math.Min(limits.CacheBytes, limits.SavingBytes),
        "the caches of this repository that are being saved",
        limits.AllSavingBytes,
        "the caches of all repositories that are being saved");

    /// <summary>Begins a cache; <c>null</c> where one of that key and version is there or being saved.</summary>
    internal async Task<CacheRecord?> ReserveAsync(ServiceCaller caller, string key, string version, long size, CancellationToken cancellationToken)
    {
        CacheSearch.Check([key]);
        CacheSearch.CheckVersion(version);
        if (caller.Scopes.FirstOrDefault(scope => scope.CanWrite) is not { } scope)
        {
            throw ServiceRefusal.Denied(caller.Scopes.IsEmpty ? "this job may use no caches" : "this job may read caches but not save them");
        }

        if (size > _limits.CacheBytes)
        {
            throw TooLarge(size);
        }

        await SweepKnownAsync(cancellationToken);
        var place = CacheRecord.PlaceOf(caller.Repository, scope.Ref, version, key);
        if (await _records.FindAsync(place, cancellationToken) is { } present)
        {
            if (!await IsOverAsync(present, cancellationToken))
            {
                return await BeginAgain.IsMeantAsync(present, caller, present.CreatedAt, _blobs, _time, cancellationToken) ? await WithBlobAsync(present) : null;
            }

            await DropAsync(present, cancellationToken); // false: somebody else does
        }

        if (_records.Known.Count(cache => !cache.IsFinal && CacheSearch.IsOf(cache, caller.Repository)) >= MaxSaving)
        {
            throw ServiceRefusal.Exhausted($"at most {MaxSaving} caches of a repository are saved at a time");
        }

        var now = _time.GetUtcNow();
        var cache = new CacheRecord
        {
            Id = _records.NextId(),
            Nonce = BlobStore.NewNonce(),
            Repository = caller.Repository,
            Job = caller.Job,
            Scope = scope.Ref,
            Key = key,
            Version = version,
            CreatedAt = now,
            UsedAt = now,
        };

        // The blob first: a record without one would stand in the way of the next try, a blob without its record is garbage. From here on it is done to its end.
        await WithBlobAsync(cache);
        if (!await _records.TryAddAsync(cache, CancellationToken.None))
        {
            await DeleteBlobAsync(cache);
            return null;
        }

        return cache;
    }

    /// <summary>The caller's own cache that is being saved under a key, or that his job has saved: its answer may have been lost.</summary>
    internal async Task<CacheRecord> FindUploadAsync(ServiceCaller caller, string key, string version, CancellationToken cancellationToken)
    {
        foreach (var scope in caller.Scopes.Where(scope => scope.CanWrite))
        {
            if (await _records.FindAsync(CacheRecord.PlaceOf(caller.Repository, scope.Ref, version, key), cancellationToken) is { } cache && IsUploadOf(cache, caller))
            {
                return cache;
            }
        }

        throw NoUpload();
    }

    /// <summary>The same under a number.</summary>
    internal async Task<CacheRecord> FindUploadAsync(ServiceCaller caller, long id, CancellationToken cancellationToken)
    {
        var known = _records.Known.FirstOrDefault(cache => cache.Id == id)
            ?? (await _records.ListAsync(CacheRecord.PlaceOf(caller.Repository), cancellationToken)).FirstOrDefault(cache => cache.Id == id);
        return known is not null && await _records.FindAsync(PlaceOf(known), cancellationToken) is { } cache && cache.Id == id && IsUploadOf(cache, caller) ? cache : throw NoUpload();
    }

    /// <summary>Makes a saved cache found, and drops the least recently used of the repository that no longer fit. Its bytes change no more.</summary>
    internal async Task<CacheRecord> CompleteAsync(CacheRecord cache, long size, CancellationToken cancellationToken)
    {
        if (cache.IsFinal)
        {
            return await CompletedAsync(cache, size);
        }

        var uploaded = await _blobs.FreezeAsync(cache.Blob, size, null, cancellationToken);
        if (uploaded != size)
        {
            throw ServiceRefusal.Invalid($"the cache has {uploaded} uploaded bytes, the call says {size}");
        }

        if (size > _limits.CacheBytes)
        {
            await DropAsync(cache, CancellationToken.None);
            throw TooLarge(size);
        }

        var place = PlaceOf(cache);
        var complete = await _records.ChangeAsync(
            place, mine => mine.Id == cache.Id && !mine.IsFinal ? mine with { Size = size, IsFinal = true, UsedAt = _time.GetUtcNow() } : null, CancellationToken.None);
        if (complete is null)
        {
            return await _records.FindAsync(place, CancellationToken.None) is { } other && other.Id == cache.Id ? await CompletedAsync(other, size) : throw NoUpload();
        }

        Told?.Invoke(CacheEvent.Saved);
        await CompletedAsync(complete, size);
        await BestEffort.TryAsync(Logger, "making room for a cache", async () =>
        {
            var ofRepository = await _records.ListAsync(CacheRecord.PlaceOf(complete.Repository), CancellationToken.None);
            await EvictAsync(ofRepository, complete.Id, _limits.CacheBytes, MaxCaches, CancellationToken.None);
            await EvictAsync(_records.Known, complete.Id, _limits.AllCacheBytes, int.MaxValue, CancellationToken.None);
        });
        return complete;
    }

    /// <summary>The cache that fits best, or <c>null</c>: nearest scope, then first key, then exact before prefix, then newest.</summary>
    internal async Task<CacheRecord?> RestoreAsync(ServiceCaller caller, IReadOnlyList<string> keys, string version, CancellationToken cancellationToken)
    {
        CacheSearch.Check(keys);
        await SweepKnownAsync(cancellationToken);
        CacheRecord? used = null;
        foreach (var scope in caller.Scopes.Where(scope => scope.CanRead))
        {
            var here = await _records.ListAsync(CacheRecord.PlaceOf(caller.Repository, scope.Ref, version), cancellationToken);
            if (CacheSearch.Best(here.Where(cache => !IsExpired(cache)), caller.Repository, scope.Ref, keys, version) is { } found)
            {
                used = await UseAsync(found, cancellationToken);
                break;
            }
        }

        Told?.Invoke(used is null ? CacheEvent.Miss : CacheEvent.Hit);
        return used;
    }

    /// <summary>The complete caches of a repository.</summary>
    public async Task<IReadOnlyList<CacheRecord>> ListAsync(string repository, CancellationToken cancellationToken) =>
    [
        .. (await _records.ListAsync(CacheRecord.PlaceOf(repository), cancellationToken))
            .Where(cache => cache.IsFinal && !IsExpired(cache) && cache.Repository == repository)
            .OrderBy(cache => cache.Id),
    ];

    /// <summary>Drops what is over or beyond the room, of all repositories, and throws away the bytes that are nobody's. Servers over the same records may do so at the same time.</summary>
    internal async Task SweepAllAsync(CancellationToken cancellationToken)
    {
        var all = await _records.ListAsync(string.Empty, cancellationToken);
        await SweepAsync(all, cancellationToken);
        foreach (var ofRepository in _records.Known.GroupBy(cache => cache.Repository, StringComparer.OrdinalIgnoreCase))
        {
            await EvictAsync([.. ofRepository], newest: null, _limits.CacheBytes, MaxCaches, cancellationToken);
        }

        await EvictAsync(_records.Known, newest: null, _limits.AllCacheBytes, int.MaxValue, cancellationToken);
        var blobs = all.ToLookup(cache => cache.IsFinal, cache => cache.Blob);
        await _blobs.TidyAsync(blobs[false].ToHashSet(), blobs[true].ToHashSet(), _records.KnowsAll, cancellationToken);
    }

    private static string PlaceOf(CacheRecord cache) => CacheRecord.PlaceOf(cache.Repository, cache.Scope, cache.Version, cache.Key);

    private static bool IsUploadOf(CacheRecord cache, ServiceCaller caller) =>
        (!cache.IsFinal || cache.Job == caller.Job) && cache.Repository == caller.Repository && caller.Scopes.Any(scope => scope.CanWrite && scope.Ref == cache.Scope);

    private static ServiceRefusal NoUpload() => ServiceRefusal.NotFound("no cache is being saved under this id or key");

    private ServiceRefusal TooLarge(long size) =>
        ServiceRefusal.Invalid($"the cache of {size} bytes is over the limit of {_limits.CacheBytes} bytes of the repository");

    // As often as the client asks: an answer may have been lost.
    private async Task<CacheRecord> CompletedAsync(CacheRecord cache, long size)
    {
        if (cache.Size != size)
        {
            throw ServiceRefusal.Exists("the cache is complete");
        }

        await BestEffort.TryAsync(Logger, "removal of what is no part of a cache", () => _blobs.SettleAsync(cache.Blob, CancellationToken.None));
        return cache;
    }

    // That it was used is news for those that evict later: what comes of it does not matter to who restores it now. One that has gone meanwhile is found no more.
    private async Task<CacheRecord?> UseAsync(CacheRecord found, CancellationToken cancellationToken)
    {
        CacheRecord? used = found;
        if (found.UsedAt + UseStep <= _time.GetUtcNow())
        {
            await BestEffort.TryAsync(Logger, "noting that a cache was used", async () => used = await _records.ChangeAsync(
                PlaceOf(found), cache => cache.Id == found.Id && cache.IsFinal ? cache with { UsedAt = _time.GetUtcNow() } : null, cancellationToken));
        }

        return used;
    }

    private async Task<CacheRecord> WithBlobAsync(CacheRecord cache)
    {
        await _blobs.ReserveAsync(cache.Blob, cache.Repository, CancellationToken.None);
        return cache;
    }

    private List<CacheRecord> KnownFinal() => [.. _records.Known.Where(cache => cache.IsFinal)];

    private bool IsExpired(CacheRecord cache) => cache.IsFinal && cache.UsedAt + _limits.CacheLifetime <= _time.GetUtcNow();

    private async Task<bool> IsOverAsync(CacheRecord cache, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        return cache.IsFinal ? IsExpired(cache)
            : cache.CreatedAt + _limits.UploadLifetime <= now
            || (cache.CreatedAt + SavingPatience <= now && (await _blobs.LastReceivedAsync(cache.Blob, cancellationToken) ?? cache.CreatedAt) + SavingPatience <= now);
    }

    private Task SweepKnownAsync(CancellationToken cancellationToken) => IsSwept ? Task.CompletedTask : SweepAsync(_records.Known, cancellationToken);

    private async Task SweepAsync(IReadOnlyCollection<CacheRecord> caches, CancellationToken cancellationToken)
    {
        foreach (var cache in caches)
        {
            await BestEffort.TryAsync(Logger, "removal of a cache that is over", async () =>
            {
                if (await IsOverAsync(cache, cancellationToken) && await DropAsync(cache, cancellationToken) && cache.IsFinal)
                {
                    Told?.Invoke(CacheEvent.Expired);
                }
            });
        }
    }

    private async Task EvictAsync(IReadOnlyCollection<CacheRecord> caches, long? newest, long limit, int most, CancellationToken cancellationToken)
    {
        foreach (var cache in CacheEviction.Victims([.. caches.Where(cache => cache.IsFinal)], newest, limit, most))
        {
            await BestEffort.TryAsync(Logger, "removal of a cache for want of room", async () =>
            {
                if (await DropAsync(cache, cancellationToken))
                {
                    Told?.Invoke(CacheEvent.Evicted);
                }
            });
        }
    }

    // As it was seen: one that was used or completed meanwhile stays. The record first: a blob without one is garbage, a record without its blob a lie.
    private async Task<bool> DropAsync(CacheRecord cache, CancellationToken cancellationToken)
    {
        if (!await _records.RemoveAsync(PlaceOf(cache), current => current.Id == cache.Id && current.IsFinal == cache.IsFinal && current.UsedAt == cache.UsedAt, cancellationToken))
        {
            return false;
        }

        await DeleteBlobAsync(cache);
        return true;
    }

    private Task DeleteBlobAsync(CacheRecord cache) =>
        BestEffort.TryAsync(Logger, "removal of a cache's bytes", () => _blobs.DeleteAsync(cache.Blob, CancellationToken.None));
}
