using System.Collections.Concurrent;
using Runner.Jobs.Callers;
using Runner.Services.Blobs;
using Runner.Services.Callers;
using Runner.Services.Records;

namespace Runner.Services.Caches;

/// <summary>The caches of all repositories, with GitHub's rules of scope, key, quota and age.</summary>
public sealed class CacheStore
{
    private const int MaxKeyLength = 512;
    private const int MaxKeys = 10;
    private const int MaxVersionLength = 512; // clients send a hash of 64 characters
    private const int MaxSaving = 200; // of a repository at a time; one that is begun may be nothing but a name
    private const int MaxCaches = 20_000; // of a repository

    private static readonly TimeSpan SavingPatience = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, BlobBudget> _uploads = new(StringComparer.OrdinalIgnoreCase); // by repository
    private readonly RecordFolder<CacheRecord> _records;
    private readonly BlobBudget _saving;
    private readonly BlobStore _blobs;
    private readonly ServiceLimits _limits;
    private readonly TimeProvider _time;

    /// <summary>Reads the caches that a folder has; saves that broke off with an earlier process are dropped.</summary>
    public CacheStore(string folder, BlobStore blobs, ServiceLimits limits, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        _blobs = blobs;
        _limits = limits;
        _time = time;
        _saving = new BlobBudget(limits.AllSavingBytes, "the caches of all repositories that are being saved");
        _records = new RecordFolder<CacheRecord>(folder, CacheJson.Default.CacheRecord);
        foreach (var (id, cache) in _records.All)
        {
            if (!cache.IsFinal || !_blobs.Adopt(cache.Blob, cache.Size, null, budget: null))
            {
                Drop(id, cache);
            }
        }
    }

    /// <summary>Told of each cache what becomes of it; called while the store waits.</summary>
    public Action<CacheEvent>? Told { get; init; }

    /// <summary>How many complete caches there are, and their bytes.</summary>
    public (int Count, long Bytes) Size
    {
        get
        {
            var all = _records.All.Select(pair => pair.Value).Where(cache => cache.IsFinal).ToList();
            return (all.Count, all.Sum(cache => cache.Size));
        }
    }

    /// <summary>Begins a cache; <c>null</c> where one of that key and version is there or being saved.</summary>
    internal CacheRecord? Reserve(ServiceCaller caller, string key, string version, long size)
    {
        Check([key]);
        if (version.Length > MaxVersionLength)
        {
            throw ServiceRefusal.Invalid($"the version has {version.Length} characters, at most {MaxVersionLength} are taken");
        }

        if (caller.Scopes.FirstOrDefault(scope => scope.CanWrite) is not { } scope)
        {
            throw ServiceRefusal.Denied(caller.Scopes.IsEmpty ? "this job may use no caches" : "this job may read caches but not save them");
        }

        if (size > _limits.CacheBytes)
        {
            throw ServiceRefusal.Invalid($"the cache of {size} bytes is over the limit of {_limits.CacheBytes} bytes of the repository");
        }

        lock (_gate)
        {
            Sweep();
            if (_records.All.Any(pair => IsSame(pair.Value, caller.Repository, scope.Ref, version) && pair.Value.Key == key))
            {
                return null;
            }

            if (_records.All.Count(pair => !pair.Value.IsFinal && IsOf(pair.Value, caller.Repository)) >= MaxSaving)
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
            _records.Save(cache.Id, cache);
            _blobs.Reserve(cache.Blob, _uploads.GetOrAdd(
                cache.Repository,
                static (_, store) => new BlobBudget(Math.Min(store._limits.CacheBytes, store._limits.SavingBytes), "the caches of this repository that are being saved", store._saving),
                this));
            return cache;
        }
    }

    /// <summary>The caller's own cache that is being saved.</summary>
    internal CacheRecord FindUpload(ServiceCaller caller, Func<CacheRecord, bool> isMeant) =>
        _records.All.Select(pair => pair.Value).FirstOrDefault(cache =>
            !cache.IsFinal
            && isMeant(cache)
            && cache.Repository == caller.Repository
            && caller.Scopes.Any(scope => scope.CanWrite && scope.Ref == cache.Scope))
        ?? throw ServiceRefusal.NotFound("no cache is being saved under this id or key");

    /// <summary>Makes a saved cache found, and drops the least recently used of the repository that no longer fit. Its bytes change no more.</summary>
    internal async Task<CacheRecord> CompleteAsync(CacheRecord cache, long size, CancellationToken cancellationToken)
    {
        var uploaded = await _blobs.FreezeAsync(cache.Blob, size, null, cancellationToken);
        if (uploaded != size)
        {
            throw ServiceRefusal.Invalid($"the cache has {uploaded} uploaded bytes, the call says {size}");
        }

        lock (_gate)
        {
            if (_records.Find(cache.Id) is not { IsFinal: false } mine)
            {
                throw ServiceRefusal.NotFound("no cache is being saved under this id or key");
            }

            if (size > _limits.CacheBytes)
            {
                Drop(mine.Id, mine);
                throw ServiceRefusal.Invalid($"the cache of {size} bytes is over the limit of {_limits.CacheBytes} bytes of the repository");
            }

            cache = mine with { Size = size, IsFinal = true, UsedAt = _time.GetUtcNow() };
            _records.Save(cache.Id, cache);
            _blobs.Release(cache.Blob);
            Told?.Invoke(CacheEvent.Saved);
            Evict(cache);
            return cache;
        }
    }

    /// <summary>Drops what a job, which has ended, began to save and did not complete.</summary>
    public void DropUploads(string job)
    {
        lock (_gate)
        {
            foreach (var (id, cache) in _records.All.Where(pair => !pair.Value.IsFinal && pair.Value.Job == job).ToList())
            {
                Drop(id, cache);
            }
        }
    }

    /// <summary>The cache that fits best, or <c>null</c>: nearest scope, then first key, then exact before prefix, then newest.</summary>
    internal CacheRecord? Restore(ServiceCaller caller, IReadOnlyList<string> keys, string version)
    {
        Check(keys);
        lock (_gate)
        {
            Sweep();
            var found = caller.Scopes.Where(scope => scope.CanRead).Select(scope => InScope(caller.Repository, scope.Ref, keys, version)).FirstOrDefault(cache => cache is not null);
            if (found is not null)
            {
                found = found with { UsedAt = _time.GetUtcNow() };
                _records.Save(found.Id, found);
            }

            Told?.Invoke(found is null ? CacheEvent.Miss : CacheEvent.Hit);
            return found;
        }
    }

    /// <summary>The complete caches of a repository.</summary>
    public IReadOnlyList<CacheRecord> List(string repository) =>
        [.. _records.All.Select(pair => pair.Value).Where(cache => cache.IsFinal && cache.Repository == repository).OrderBy(cache => cache.Id)];

    private CacheRecord? InScope(string repository, string scope, IReadOnlyList<string> keys, string version)
    {
        var here = _records.All.Select(pair => pair.Value)
            .Where(cache => cache.IsFinal && IsSame(cache, repository, scope, version))
            .OrderByDescending(cache => cache.Id)
            .ToList();
        return keys.Select(key => here.Find(cache => cache.Key == key) ?? here.Find(cache => cache.Key.StartsWith(key, StringComparison.Ordinal)))
            .FirstOrDefault(cache => cache is not null);
    }

    private static bool IsSame(CacheRecord cache, string repository, string scope, string version) =>
        cache.Version == version && cache.Scope == scope && IsOf(cache, repository);

    private static bool IsOf(CacheRecord cache, string repository) => cache.Repository.Equals(repository, StringComparison.OrdinalIgnoreCase);

    private static void Check(IReadOnlyList<string> keys)
    {
        if (keys.Count is 0 or > MaxKeys)
        {
            throw ServiceRefusal.Invalid($"expected 1 to {MaxKeys} keys, found {keys.Count}");
        }

        if (keys.FirstOrDefault(key => key.Length is 0 or > MaxKeyLength || key.Contains(',', StringComparison.Ordinal)) is { } wrong)
        {
            throw ServiceRefusal.Invalid($"the key '{wrong}' is not valid: it has 1 to {MaxKeyLength} characters and no comma");
        }
    }

    private void Sweep()
    {
        var now = _time.GetUtcNow();
        foreach (var (id, cache) in _records.All)
        {
            var isOver = cache.IsFinal
                ? cache.UsedAt + _limits.CacheLifetime <= now
                : cache.CreatedAt + _limits.UploadLifetime <= now || (_blobs.LastReceived(cache.Blob) ?? cache.CreatedAt) + SavingPatience <= now;
            if (isOver)
            {
                Drop(id, cache);
                if (cache.IsFinal)
                {
                    Told?.Invoke(CacheEvent.Expired);
                }
            }
        }
    }

    private void Evict(CacheRecord newest)
    {
        Evict(List(newest.Repository), newest, _limits.CacheBytes, MaxCaches);
        if (_limits.AllCacheBytes < long.MaxValue)
        {
            Evict([.. _records.All.Select(pair => pair.Value).Where(cache => cache.IsFinal)], newest, _limits.AllCacheBytes, int.MaxValue);
        }
    }

    private void Evict(IReadOnlyList<CacheRecord> caches, CacheRecord newest, long limit, int most)
    {
        var total = caches.Sum(cache => cache.Size);
        var count = caches.Count;
        foreach (var cache in caches.Where(cache => cache.Id != newest.Id).OrderBy(cache => cache.UsedAt).ThenBy(cache => cache.Id))
        {
            if (total <= limit && count <= most)
            {
                return;
            }

            Drop(cache.Id, cache);
            Told?.Invoke(CacheEvent.Evicted);
            total -= cache.Size;
            count--;
        }
    }

    // The record first: a blob without one is garbage, a record without its blob a lie.
    private void Drop(long id, CacheRecord cache)
    {
        _records.Delete(id);
        _blobs.Delete(cache.Blob);
    }
}
