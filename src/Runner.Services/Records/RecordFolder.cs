using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Runner.Services.Records;

/// <summary>
/// Small records in a folder, one JSON file each, and in memory. A file is written aside, flushed and renamed, so after a crash each is
/// there whole, old or new. One that cannot be read is laid aside as <c>….json.unreadable</c>.
/// </summary>
internal sealed class RecordFolder<T>
    where T : class
{
    private readonly ConcurrentDictionary<long, T> _records = new();
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
                    _records[id] = record;
                }

                _lastId = Math.Max(_lastId, id);
            }
        }
    }

    public IEnumerable<KeyValuePair<long, T>> All => _records;

    public T? Find(long id) => _records.GetValueOrDefault(id);

    /// <summary>An id that no record has or had since the start.</summary>
    public long NextId() => Interlocked.Increment(ref _lastId);

    public void Save(long id, T record)
    {
        var incoming = PathOf(id) + ".part";
        using (var file = new FileStream(incoming, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, record, _type);
            file.Flush(flushToDisk: true);
        }

        File.Move(incoming, PathOf(id), overwrite: true);
        _records[id] = record;
    }

    public void Delete(long id)
    {
        File.Delete(PathOf(id));
        _records.TryRemove(id, out _);
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

    private string PathOf(long id) => Path.Combine(_folder, id.ToString(CultureInfo.InvariantCulture) + ".json");
}
