using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Runner.Services.Records;

/// <summary>
/// Small records in a folder, one JSON file each, and in memory. A file is written aside, flushed and renamed, so after a crash each is
/// there whole, old or new. One that cannot be read is laid aside as <c>….json.unreadable</c>. Every call is done when it returns.
/// </summary>
internal sealed class RecordFolder<T> : IRecords<T>
    where T : class, IRecord
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, T> _records = new(StringComparer.Ordinal); // by place
    private readonly JsonTypeInfo<T> _type;
    private readonly string _folder;
    private long _lastId;

    /// <summary>Reads what is there.</summary>
    public RecordFolder(string folder, JsonTypeInfo<T> type)
    {
        _folder = folder;
        _type = type;
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (file.EndsWith(".part", StringComparison.Ordinal))
            {
                File.Delete(file); // a write that broke off
            }
            else if (file.EndsWith(".json", StringComparison.Ordinal)
                && long.TryParse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture, out var id))
            {
                if (Read(file) is { } record)
                {
                    _records[record.Place] = record;
                }

                _lastId = Math.Max(_lastId, id);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<T> Known => [.. _records.Values];

    /// <inheritdoc/>
    public bool KnowsAll => true; // one that cannot be read is laid aside, and its bytes are nobody's

    /// <inheritdoc/>
    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Removes the record if it is still the one that is meant.</summary>
    public bool Remove(string place, Func<T, bool> isMeant)
    {
        lock (_gate)
        {
            if (_records.GetValueOrDefault(place) is not { } record || !isMeant(record))
            {
                return false;
            }

            File.Delete(PathOf(record));
            return _records.TryRemove(place, out _);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<T>> ListAsync(string prefix, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<T>>(
        [.. _records.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(pair => pair.Value)]);

    /// <inheritdoc/>
    public Task<T?> FindAsync(string place, CancellationToken cancellationToken) => Task.FromResult(_records.GetValueOrDefault(place));

    /// <inheritdoc/>
    public Task<bool> TryAddAsync(T record, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_records.ContainsKey(record.Place))
            {
                return Task.FromResult(false);
            }

            Save(record);
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task<T?> ChangeAsync(string place, Func<T, T?> change, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var changed = _records.GetValueOrDefault(place) is { } record ? change(record) : null;
            if (changed is not null)
            {
                Save(changed);
            }

            return Task.FromResult(changed);
        }
    }

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string place, Func<T, bool> isMeant, CancellationToken cancellationToken) => Task.FromResult(Remove(place, isMeant));

    private void Save(T record)
    {
        var incoming = PathOf(record) + ".part";
        using (var file = new FileStream(incoming, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, record, _type);
            file.Flush(flushToDisk: true);
        }

        File.Move(incoming, PathOf(record), overwrite: true);
        _records[record.Place] = record;
    }

    // One bad file, of a full disk or an older version, must not keep the others from being served: it is as if it were not there.
    private T? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), _type);
        }
        catch (JsonException)
        {
            File.Move(file, file + ".unreadable", overwrite: true);
            return null;
        }
    }

    private string PathOf(T record) => Path.Combine(_folder, record.Id.ToString(CultureInfo.InvariantCulture) + ".json");
}
