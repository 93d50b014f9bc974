using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs.Errors;
using Runner.Services.Records;

namespace Runner.Services.S3;

/// <summary>
/// Records in a bucket, a document each, which several servers have. What was read stays in memory with its tag: a listing tells by the tags which are still so, and only the others are read again.
/// </summary>
internal sealed class S3Records<T> : IRecords<T>
    where T : class, IRecord
{
    private const int ReadsAtOnce = 16;
    private const int RandomBits = 12; // of a number, which a client may take for a double: 53 bits last for 69 years

    private static readonly DateTimeOffset FirstDay = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentDictionary<string, S3Document<T>> _known = new(StringComparer.Ordinal);
    private readonly S3Documents<T> _documents;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal); // unreadable ones
    private long _lastId;
    private volatile bool _knowsAll;

    /// <summary>The records below a prefix; nothing is read yet.</summary>
    public S3Records(S3Bucket bucket, string prefix, JsonTypeInfo<T> type, TimeProvider time)
    {
        _documents = new S3Documents<T>(bucket, prefix, type) { Seen = See };
        _time = time;
    }

    /// <summary>Told of records that cannot be read, of each once.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <inheritdoc/>
    public bool KnowsAll => _knowsAll;

    /// <inheritdoc/>
    public IReadOnlyCollection<T> Known => [.. _known.Values.Select(document => document.Value)];

    /// <summary>A number by the time, so that servers need not ask each other: a later record has a higher one as far as their clocks agree.</summary>
    public long NextId()
    {
        var byTime = ((long)(_time.GetUtcNow() - FirstDay).TotalMilliseconds << RandomBits) + RandomNumberGenerator.GetInt32(1 << RandomBits);
        while (true)
        {
            var last = Interlocked.Read(ref _lastId);
            var next = Math.Max(last + 1, byTime);
            if (Interlocked.CompareExchange(ref _lastId, next, last) == last)
            {
                return next;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<T>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        var before = _known.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        var listed = await _documents.ListAsync(prefix, cancellationToken);
        var records = new T?[listed.Count];
        var unreadable = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, listed.Count),
            new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
            async (i, token) => records[i] = _known.TryGetValue(listed[i].Place, out var known) && known.Tag == listed[i].Tag
                ? known.Value
                : await ReadAsync(listed[i].Place, () => Interlocked.Increment(ref unreadable), token));

        // What was known before the listing and is not in it has gone; what came meanwhile is newer than the listing.
        var places = listed.Select(item => item.Place).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in before.Where(pair => !places.Contains(pair.Key)))
        {
            _known.TryRemove(gone);
        }

        if (prefix.Length == 0)
        {
            _knowsAll = unreadable == 0;
        }

        return [.. records.OfType<T>()];
    }

    /// <inheritdoc/>
    public async Task<T?> FindAsync(string place, CancellationToken cancellationToken) => (await _documents.FindAsync(place, cancellationToken))?.Value;

    /// <inheritdoc/>
    public Task<bool> TryAddAsync(T record, CancellationToken cancellationToken) => _documents.TryAddAsync(record.Place, record, cancellationToken);

    /// <inheritdoc/>
    public Task<T?> ChangeAsync(string place, Func<T, T?> change, CancellationToken cancellationToken) => _documents.ChangeAsync(place, change, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string place, Func<T, bool> isMeant, CancellationToken cancellationToken) => _documents.RemoveAsync(place, isMeant, cancellationToken);

    // One that cannot be read must not keep the others from being served.
    private async Task<T?> ReadAsync(string place, Action unreadable, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(place, cancellationToken);
        }
        catch (InfrastructureException error) when (error.Reason == S3Documents<T>.Unreadable)
        {
            unreadable();
            if (_told.TryAdd(place, true))
            {
                Logger.RecordUnreadable(error.Message);
            }

            return null;
        }
    }

    private void See(string place, S3Document<T>? document)
    {
        if (document is null)
        {
            _known.TryRemove(place, out _);
        }
        else
        {
            _known[place] = document;
        }
    }
}
