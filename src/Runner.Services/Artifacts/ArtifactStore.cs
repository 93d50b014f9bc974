using System.Collections.Concurrent;
using Runner.Jobs.Callers;
using Runner.Services.Blobs;
using Runner.Services.Callers;
using Runner.Services.Records;

namespace Runner.Services.Artifacts;

/// <summary>The artifacts of all runs: names are unique in a run, and only what was uploaded completely is seen.</summary>
public sealed class ArtifactStore
{
    private const int MaxNameLength = 256;
    private const int MaxTextLength = 512; // of media types and digests

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, BlobBudget> _budgets = new(StringComparer.Ordinal); // by run
    private readonly RecordFolder<ArtifactRecord> _records;
    private readonly BlobBudget _all;
    private readonly BlobStore _blobs;
    private readonly ServiceLimits _limits;
    private readonly TimeProvider _time;

    /// <summary>Reads the artifacts that a folder has; uploads that broke off with an earlier process are dropped after their time.</summary>
    public ArtifactStore(string folder, BlobStore blobs, ServiceLimits limits, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        _blobs = blobs;
        _limits = limits;
        _time = time;
        _all = new BlobBudget(limits.AllArtifactBytes, "the artifacts of all runs");
        _records = new RecordFolder<ArtifactRecord>(folder, ArtifactJson.Default.ArtifactRecord);
        foreach (var (id, artifact) in _records.All)
        {
            if (!artifact.IsFinal || !_blobs.Adopt(artifact.Blob, artifact.Size, artifact.MimeType, BudgetOf(artifact.Run)))
            {
                Drop(id, artifact);
            }
        }
    }

    /// <summary>Begins an artifact.</summary>
    internal ArtifactRecord Create(ServiceCaller caller, string name, string? mimeType, DateTimeOffset? expiresAt)
    {
        if (name.Length is 0 or > MaxNameLength || name.Any(c => char.IsControl(c) || "\":<>|*?\\/".Contains(c, StringComparison.Ordinal)))
        {
            throw ServiceRefusal.Invalid(
                $"the artifact name '{name}' is not valid: it has 1 to {MaxNameLength} characters, none of them \" : < > | * ? \\ / or a control character");
        }

        RefuseLong("media type", mimeType);
        lock (_gate)
        {
            Sweep();
            if (OfName(caller.Run, name) is not null)
            {
                throw ServiceRefusal.Exists("an artifact with this name already exists on the workflow run");
            }

            if (_records.All.Count(pair => pair.Value.Run == caller.Run && pair.Value.Job == caller.Job) >= _limits.ArtifactsOfJob)
            {
                throw ServiceRefusal.Exhausted($"a job makes at most {_limits.ArtifactsOfJob} artifacts");
            }

            var now = _time.GetUtcNow();
            var artifact = new ArtifactRecord
            {
                Id = _records.NextId(),
                Nonce = BlobStore.NewNonce(),
                Run = caller.Run,
                Job = caller.Job,
                Repository = caller.Repository,
                Name = name,
                MimeType = string.IsNullOrEmpty(mimeType) ? "application/zip" : mimeType,
                CreatedAt = now,
                ExpiresAt = expiresAt is { } end && end < now + _limits.ArtifactLifetime ? end : now + _limits.ArtifactLifetime,
            };
            _records.Save(artifact.Id, artifact);
            _blobs.Reserve(artifact.Blob, BudgetOf(artifact.Run));
            return artifact;
        }
    }

    /// <summary>Makes an uploaded artifact seen. From then on neither its bytes nor what is said of them change.</summary>
    internal async Task<ArtifactRecord> CompleteAsync(ServiceCaller caller, string name, long size, string? digest, CancellationToken cancellationToken)
    {
        RefuseLong("hash", digest);
        var artifact = ToComplete(caller, name);
        if (artifact.IsFinal)
        {
            return artifact.Size == size && artifact.Digest == digest
                ? artifact // the same call again: its first answer was lost
                : throw ServiceRefusal.Exists($"the artifact '{name}' is complete");
        }

        var uploaded = await _blobs.FreezeAsync(artifact.Blob, size, artifact.MimeType, cancellationToken);
        if (uploaded != size)
        {
            throw ServiceRefusal.Invalid($"the artifact '{name}' has {uploaded} uploaded bytes, the call says {size}");
        }

        lock (_gate)
        {
            if (ToComplete(caller, name) is not { IsFinal: false } mine || mine.Id != artifact.Id)
            {
                throw ServiceRefusal.NotFound($"the artifact '{name}' has been completed or deleted meanwhile");
            }

            artifact = mine with { Size = size, Digest = digest, IsFinal = true };
            _records.Save(artifact.Id, artifact);
            return artifact;
        }
    }

    /// <summary>Drops what a job, which has ended, began to upload and did not complete.</summary>
    public void DropUploads(string job)
    {
        lock (_gate)
        {
            foreach (var (id, artifact) in _records.All.Where(pair => !pair.Value.IsFinal && pair.Value.Job == job).ToList())
            {
                Drop(id, artifact);
            }
        }
    }

    /// <summary>The complete artifacts of a run, the oldest first.</summary>
    public IReadOnlyList<ArtifactRecord> List(string run)
    {
        lock (_gate)
        {
            Sweep();
            return [.. Final.Where(artifact => artifact.Run == run).OrderBy(artifact => artifact.Id)];
        }
    }

    /// <summary>How many complete artifacts there are, and their bytes with all that is being uploaded.</summary>
    public (int Count, long Bytes) Size => (Final.Count(), _all.Used);

    /// <summary>A complete artifact by its number, or <c>null</c>.</summary>
    public ArtifactRecord? Find(long id)
    {
        lock (_gate)
        {
            Sweep();
            return _records.Find(id) is { IsFinal: true } artifact ? artifact : null;
        }
    }

    /// <summary>Deletes an artifact by its number; false where there is none.</summary>
    public bool Delete(long id)
    {
        lock (_gate)
        {
            if (_records.Find(id) is not { IsFinal: true } artifact)
            {
                return false;
            }

            Drop(id, artifact);
            return true;
        }
    }

    private static void RefuseLong(string what, string? text)
    {
        if (text?.Length > MaxTextLength)
        {
            throw ServiceRefusal.Invalid($"the {what} has {text.Length} characters, at most {MaxTextLength} are taken");
        }
    }

    private ArtifactRecord ToComplete(ServiceCaller caller, string name)
    {
        lock (_gate)
        {
            return OfName(caller.Run, name) ?? throw ServiceRefusal.NotFound($"there is no artifact '{name}' in this run");
        }
    }

    private BlobBudget BudgetOf(string run) =>
        _budgets.GetOrAdd(run, static (_, store) => new BlobBudget(store._limits.ArtifactBytes, "the artifacts of this run", store._all), this);

    private IEnumerable<ArtifactRecord> Final => _records.All.Select(pair => pair.Value).Where(artifact => artifact.IsFinal);

    private ArtifactRecord? OfName(string run, string name) =>
        _records.All.Select(pair => pair.Value).FirstOrDefault(artifact => artifact.Run == run && artifact.Name == name);

    private void Sweep()
    {
        var now = _time.GetUtcNow();
        foreach (var (id, artifact) in _records.All)
        {
            if (artifact.ExpiresAt <= now || (!artifact.IsFinal && artifact.CreatedAt + _limits.UploadLifetime <= now))
            {
                Drop(id, artifact);
            }
        }
    }

    // The record first: a blob without one is garbage, a record without its blob a lie.
    private void Drop(long id, ArtifactRecord artifact)
    {
        _records.Delete(id);
        _blobs.Delete(artifact.Blob);
        if (!_records.All.Any(pair => pair.Value.Run == artifact.Run))
        {
            _budgets.TryRemove(artifact.Run, out _);
        }
    }
}
