using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
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

    private readonly IRecords<ArtifactRecord> _records;
    private readonly IBlobs _blobs;
    private readonly BlobBudgets _budgets; // by run
    private readonly ServiceLimits _limits;
    private readonly TimeProvider _time;

    internal ArtifactStore(IRecords<ArtifactRecord> records, IBlobs blobs, BlobBudgets budgets, ServiceLimits limits, TimeProvider time)
    {
        _records = records;
        _blobs = blobs;
        _budgets = budgets;
        _limits = limits;
        _time = time;
        CountComplete();
    }

    /// <summary>Whether somebody looks through all now and then (<see cref="SweepAllAsync"/>). Default false: calls do so, of what is known.</summary>
    internal bool IsSwept { get; init; }

    /// <summary>Told what was left for later.</summary>
    internal ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Where their bytes are.</summary>
    internal IBlobs Blobs => _blobs;

    /// <summary>How many complete artifacts are known, and their bytes with all that is being uploaded here.</summary>
    public (int Count, long Bytes) Size
    {
        get
        {
            var complete = _records.Known.Where(artifact => artifact.IsFinal).ToList();
            return (complete.Count, complete.Sum(artifact => artifact.Size) + _budgets.All.Used);
        }
    }

    /// <summary>The budgets that the limits make.</summary>
    internal static BlobBudgets BudgetsOf(ServiceLimits limits) =>
        new(limits.ArtifactBytes, "the artifacts of this run", limits.AllArtifactBytes, "the artifacts of all runs");

    /// <summary>Begins an artifact.</summary>
    internal async Task<ArtifactRecord> CreateAsync(ServiceCaller caller, string name, string? mimeType, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        if (name.Length is 0 or > MaxNameLength || name.Any(c => char.IsControl(c) || "\":<>|*?\\/".Contains(c, StringComparison.Ordinal)))
        {
            throw ServiceRefusal.Invalid(
                $"the artifact name '{name}' is not valid: it has 1 to {MaxNameLength} characters, none of them \" : < > | * ? \\ / or a control character");
        }

        RefuseLong("media type", mimeType);
        await SweepKnownAsync(cancellationToken);
        var ofRun = await OfRunAsync(caller.Run, cancellationToken);
        if (ofRun.Find(artifact => artifact.Name == name) is { } present)
        {
            return await BeginAgain.IsMeantAsync(present, caller, present.CreatedAt, _blobs, _time, cancellationToken) ? await WithBlobAsync(present) : throw NameTaken();
        }

        if (ofRun.Count(artifact => artifact.Job == caller.Job) >= _limits.ArtifactsOfJob)
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

        // The blob first: a record without one would stand in the way of the next try, a blob without its record is garbage. From here on it is done to its end.
        await WithBlobAsync(artifact);
        if (!await TryAddAsync(artifact))
        {
            await DeleteBlobAsync(artifact);
            throw NameTaken();
        }

        CountComplete();
        return artifact;
    }

    /// <summary>Makes an uploaded artifact seen. From then on neither its bytes nor what is said of them change.</summary>
    internal async Task<ArtifactRecord> CompleteAsync(ServiceCaller caller, string name, long size, string? digest, CancellationToken cancellationToken)
    {
        RefuseLong("hash", digest);
        var place = ArtifactRecord.PlaceOf(caller.Run, name);
        var artifact = await _records.FindAsync(place, cancellationToken) ?? throw ServiceRefusal.NotFound($"there is no artifact '{name}' in this run");
        if (artifact.IsFinal)
        {
            return artifact.Size == size && artifact.Digest == digest
                ? await SettledAsync(artifact) // the same call again: its first answer was lost
                : throw ServiceRefusal.Exists($"the artifact '{name}' is complete");
        }

        var uploaded = await _blobs.FreezeAsync(artifact.Blob, size, artifact.MimeType, cancellationToken);
        if (uploaded != size)
        {
            throw ServiceRefusal.Invalid($"the artifact '{name}' has {uploaded} uploaded bytes, the call says {size}");
        }

        var complete = await _records.ChangeAsync(
            place, mine => mine.Id == artifact.Id && !mine.IsFinal ? mine with { Size = size, Digest = digest, IsFinal = true } : null, CancellationToken.None)
            ?? throw ServiceRefusal.NotFound($"the artifact '{name}' has been completed or deleted meanwhile");
        CountComplete();
        return await SettledAsync(complete);
    }

    /// <summary>The complete artifacts of a run, the oldest first.</summary>
    public async Task<IReadOnlyList<ArtifactRecord>> ListAsync(string run, CancellationToken cancellationToken)
    {
        await SweepKnownAsync(cancellationToken);
        return [.. (await OfRunAsync(run, cancellationToken)).Where(artifact => artifact.IsFinal).OrderBy(artifact => artifact.Id)];
    }

    /// <summary>How many complete artifacts of a run are known.</summary>
    public int Count(string run) => _records.Known.Count(artifact => artifact.IsFinal && artifact.Run == run);

    /// <summary>A complete artifact by its number, of those that are known, or <c>null</c>.</summary>
    public async Task<ArtifactRecord?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await SweepKnownAsync(cancellationToken);
        return _records.Known.FirstOrDefault(artifact => artifact.Id == id && artifact.IsFinal && !IsOver(artifact));
    }

    /// <summary>Deletes a complete artifact; false where it has gone.</summary>
    public async Task<bool> DeleteAsync(ArtifactRecord artifact, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return await DropAsync(artifact, current => current.Id == artifact.Id && current.IsFinal, cancellationToken);
    }

    /// <summary>Drops what is over, of all runs, and throws away the bytes that are nobody's. Servers over the same records may do so at the same time.</summary>
    internal async Task SweepAllAsync(CancellationToken cancellationToken)
    {
        var all = await _records.ListAsync(string.Empty, cancellationToken);
        await SweepAsync(all, cancellationToken);
        CountComplete();
        var blobs = all.ToLookup(artifact => artifact.IsFinal, artifact => artifact.Blob);
        await _blobs.TidyAsync(blobs[false].ToHashSet(), blobs[true].ToHashSet(), _records.KnowsAll, cancellationToken);
    }

    private static ServiceRefusal NameTaken() => ServiceRefusal.Exists("an artifact with this name already exists on the workflow run");

    private static void RefuseLong(string what, string? text)
    {
        if (text?.Length > MaxTextLength)
        {
            throw ServiceRefusal.Invalid($"the {what} has {text.Length} characters, at most {MaxTextLength} are taken");
        }
    }

    private async Task<ArtifactRecord> SettledAsync(ArtifactRecord artifact)
    {
        await BestEffort.TryAsync(Logger, "removal of what is no part of an artifact", () => _blobs.SettleAsync(artifact.Blob, CancellationToken.None));
        return artifact;
    }

    private async Task<ArtifactRecord> WithBlobAsync(ArtifactRecord artifact)
    {
        await _blobs.ReserveAsync(artifact.Blob, artifact.Run, CancellationToken.None);
        return artifact;
    }

    private async Task<List<ArtifactRecord>> OfRunAsync(string run, CancellationToken cancellationToken)
    {
        var all = await _records.ListAsync(ArtifactRecord.PlaceOf(run), cancellationToken);
        return [.. all.Where(artifact => artifact.Run == run && !IsOver(artifact))];
    }

    // One that is over is as if it were not there, whether or not somebody has looked through all since.
    private async Task<bool> TryAddAsync(ArtifactRecord artifact)
    {
        if (await _records.TryAddAsync(artifact, CancellationToken.None))
        {
            return true;
        }

        if (await _records.FindAsync(ArtifactRecord.PlaceOf(artifact.Run, artifact.Name), CancellationToken.None) is { } present)
        {
            if (!IsOver(present))
            {
                return false;
            }

            await DropAsync(present, IsOver, CancellationToken.None); // false: somebody else does
        }

        return await _records.TryAddAsync(artifact, CancellationToken.None);
    }

    private Task SweepKnownAsync(CancellationToken cancellationToken) => IsSwept ? Task.CompletedTask : SweepAsync(_records.Known, cancellationToken);

    private async Task SweepAsync(IReadOnlyCollection<ArtifactRecord> artifacts, CancellationToken cancellationToken)
    {
        foreach (var artifact in artifacts.Where(IsOver))
        {
            await BestEffort.TryAsync(Logger, "removal of an artifact that is over", () => DropAsync(artifact, IsOver, cancellationToken));
        }
    }

    private bool IsOver(ArtifactRecord artifact)
    {
        var now = _time.GetUtcNow();
        return artifact.ExpiresAt <= now || (!artifact.IsFinal && artifact.CreatedAt + _limits.UploadLifetime <= now);
    }

    // The record first: a blob without one is garbage, a record without its blob a lie.
    private async Task<bool> DropAsync(ArtifactRecord artifact, Func<ArtifactRecord, bool> isMeant, CancellationToken cancellationToken)
    {
        if (!await _records.RemoveAsync(ArtifactRecord.PlaceOf(artifact.Run, artifact.Name), current => current.Id == artifact.Id && isMeant(current), cancellationToken))
        {
            return false;
        }

        await DeleteBlobAsync(artifact);
        CountComplete();
        return true;
    }

    private Task DeleteBlobAsync(ArtifactRecord artifact) =>
        BestEffort.TryAsync(Logger, "removal of an artifact's bytes", () => _blobs.DeleteAsync(artifact.Blob, CancellationToken.None));

    // What is complete counts to the budgets by its record, wherever its bytes came in.
    private void CountComplete()
    {
        var known = _records.Known;
        foreach (var artifact in known.Where(artifact => artifact.IsFinal))
        {
            _blobs.Release(artifact.Blob);
        }

        _budgets.Keep(known
            .GroupBy(artifact => artifact.Run, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(run => run.Key, run => run.Sum(artifact => artifact.Size), StringComparer.OrdinalIgnoreCase));
    }
}
