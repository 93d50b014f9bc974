using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Services.Artifacts;
using Runner.Services.Blobs;
using Runner.Services.Caches;
using Runner.Services.Records;

namespace Runner.Services;

/// <summary>Opens stores over folders of this machine, which one process has at a time: what an earlier one left complete is found again, what it did not goes.</summary>
public sealed class FolderStores(ServiceLimits limits, TimeProvider time)
{
    private readonly List<Action<string>> _drops = [];

    /// <summary>Opens the artifacts whose records are in a folder.</summary>
    public ArtifactStore OpenArtifacts(string folder, BlobStore blobs) => OpenArtifacts(folder, blobs, NullLogger.Instance);

    /// <summary>Opens the artifacts whose records are in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="blobs">Their bytes.</param>
    /// <param name="logger">Told what was left for later.</param>
    internal ArtifactStore OpenArtifacts(string folder, BlobStore blobs, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        var budgets = ArtifactStore.BudgetsOf(limits);
        return new ArtifactStore(Open(folder, ArtifactJson.Default.ArtifactRecord, blobs), new FolderBlobs(blobs, budgets), budgets, limits, time) { Logger = logger };
    }

    /// <summary>Opens the caches whose records are in a folder.</summary>
    public CacheStore OpenCaches(string folder, BlobStore blobs) => OpenCaches(folder, blobs, told: null, NullLogger.Instance);

    /// <summary>Opens the caches whose records are in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="blobs">Their bytes.</param>
    /// <param name="told">Told of each cache what becomes of it, or <c>null</c>.</param>
    /// <param name="logger">Told what was left for later.</param>
    internal CacheStore OpenCaches(string folder, BlobStore blobs, Action<CacheEvent>? told, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        var records = Open(folder, CacheJson.Default.CacheRecord, blobs);
        return new CacheStore(records, new FolderBlobs(blobs, CacheStore.BudgetsOf(limits)), limits, time) { Told = told, Logger = logger };
    }

    /// <summary>Drops what a job, which has ended, began to upload and did not complete.</summary>
    public void DropUploads(string job)
    {
        foreach (var drop in _drops)
        {
            drop(job);
        }
    }

    private RecordFolder<T> Open<T>(string folder, JsonTypeInfo<T> type, BlobStore blobs)
        where T : class, IRecord
    {
        var records = new RecordFolder<T>(folder, type);
        Drop(record => !record.IsFinal || !blobs.Adopt(record.Blob, record.Size, record.MimeType, budget: null));
        _drops.Add(job => Drop(record => !record.IsFinal && record.Job == job));
        return records;

        void Drop(Func<T, bool> isMeant)
        {
            foreach (var record in records.Known)
            {
                if (records.Remove(record.Place, current => current.Id == record.Id && isMeant(current)))
                {
                    blobs.Delete(record.Blob);
                }
            }
        }
    }
}
