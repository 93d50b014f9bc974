using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;
using Runner.Services.Monitoring;
using Runner.Services.Records;
using Runner.Services.S3;

namespace Runner.Services.Hosting;

/// <summary>What a server serves, and what it holds for that: a folder alone, or a bucket with others.</summary>
internal sealed class ServedStorage : IDisposable
{
    private readonly IDisposable _held;
    private readonly S3Bucket? _bucket;
    private readonly S3Health? _health;

    private ServedStorage(ServedStores stores, IDisposable held, S3Bucket? bucket, S3Health? health)
    {
        Stores = stores;
        _held = held;
        _bucket = bucket;
        _health = health;
    }

    /// <summary>The artifacts and caches.</summary>
    public ServedStores Stores { get; }

    /// <summary>A bucket that does not keep to conditions, by its name; <c>null</c>: it does, or it is none.</summary>
    public string? WithoutConditions => _bucket is { KeepsConditions: false } ? _bucket.Name : null;

    /// <summary>One that keeps to those of writes and not to those of removals, likewise.</summary>
    public string? WithoutConditionsOfRemoval => _bucket is { KeepsConditions: true, KeepsConditionsOfRemoval: false } ? _bucket.Name : null;

    /// <summary>Opens them.</summary>
    /// <exception cref="OperatorException">The folder is another process's, or the bucket cannot be used.</exception>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be used.</exception>
    public static Task<ServedStorage> OpenAsync(ClusterServicesOptions options, ServiceMetrics metrics, ILogger logger, CancellationToken cancellationToken) =>
        options.Bucket is { } bucket ? OpenBucketAsync(bucket, options, metrics, logger, cancellationToken) : Task.FromResult(OpenFolder(options, metrics, logger));

    /// <summary>Why nothing can be served now; <c>null</c>: all can.</summary>
    public Task<string?> FaultAsync(CancellationToken cancellationToken) => _health?.FaultAsync(cancellationToken) ?? Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public void Dispose()
    {
        _health?.Dispose();
        _held.Dispose();
    }

    private static ServedStorage OpenFolder(ClusterServicesOptions options, ServiceMetrics metrics, ILogger logger)
    {
        var folder = FolderLock.Take(options.Folder)
            ?? throw new OperatorException($"the folder '{options.Folder}' is in use: only one server may have it at a time");
        var stores = ServedStores.InFolders(
            options.ServesArtifacts ? options.Folder : null, options.Folder, new FolderStores(options.Limits, options.Time), options.Time, metrics, logger);
        return new ServedStorage(stores, folder, bucket: null, health: null);
    }

    private static async Task<ServedStorage> OpenBucketAsync(
        S3Options settings, ClusterServicesOptions options, ServiceMetrics metrics, ILogger logger, CancellationToken cancellationToken)
    {
        var bucket = new S3Bucket(settings);
        try
        {
            await S3Check.RunAsync(bucket, cancellationToken);
        }
        catch
        {
            bucket.Dispose();
            throw;
        }

        var stores = ServedStores.InBucket(bucket, settings.SendsDownloadsOn, options.ServesArtifacts, options.Limits, options.Time, metrics, logger);
        return new ServedStorage(stores, bucket, bucket, new S3Health(bucket, options.Time));
    }
}
