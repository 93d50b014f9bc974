using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;

namespace Runner.Backends.Docker;

/// <summary>The volume with the Node.js of JavaScript actions: made once for each version and engine, seen by jobs read-only.</summary>
/// <remarks>
/// A volume cannot say whether it is complete. So one is filled through a container that never starts, and which gets its lasting name only
/// then: the engine gives a name once, so of two launchers that fill at the same time one wins, and nobody sees a part. That container also
/// keeps the volume from <c>docker volume prune</c>. Its image is an empty one, so that no image of a job is held.
/// </remarks>
internal sealed class ExternalsVolume(DockerEngine engine, DockerOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private const string Prefix = "runner-externals-";
    private const string EmptyImage = "runner-externals:empty";
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _filling = new(1); // of this launcher's jobs one fills, the others wait for it

    /// <summary>Name of the volume, or <c>null</c> where there are no externals to give.</summary>
    /// <exception cref="InfrastructureException">The engine does not make it.</exception>
    public async Task<string?> EnsureAsync(CancellationToken cancellationToken)
    {
        if (options.ExternalsFolder is not { } folder)
        {
            return null;
        }

        var name = Prefix + VersionOf(folder);
        await _filling.WaitAsync(cancellationToken);
        try
        {
            return await FindAsync(name, cancellationToken) ?? await MakeAsync(name, folder, cancellationToken);
        }
        finally
        {
            _filling.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _filling.Dispose();

    // Files of the same names, sizes and times are the same; reading 110 MB for each job would be dear.
    private static string VersionOf(string folder)
    {
        var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
            .OrderBy(file => file.FullName, StringComparer.Ordinal)
            .Select(file => string.Create(
                CultureInfo.InvariantCulture, $"{Path.GetRelativePath(folder, file.FullName)} {file.Length} {file.LastWriteTimeUtc.Ticks}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files))))[..12];
    }

    private async Task<string?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await engine.InspectAsync(name, cancellationToken)).Mounts?.FirstOrDefault()?.Name;
        }
        catch (InfrastructureException error) when (EngineErrors.IsNotFound(error))
        {
            return null;
        }
    }

    private async Task<string?> MakeAsync(string name, string folder, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var volume = $"{name}-{Guid.NewGuid():N}";
        await engine.Images.EnsureEmptyAsync(EmptyImage, cancellationToken);
        var id = await engine.CreateAsync(
            new CreateContainerParameters
            {
                Name = volume,
                Image = EmptyImage,
                Cmd = ["never-started"],
                Labels = new Dictionary<string, string> { [DockerLabels.Externals] = name },
                HostConfig = new HostConfig { Mounts = [MountOf(volume, name)], NetworkMode = "none" },
            },
            cancellationToken);
        try
        {
            await engine.UnpackAsync(id, DockerPaths.Externals, (stream, token) => WorkerArchive.WriteExternalsAsync(stream, folder, token), cancellationToken);
            if (!await engine.TryRenameAsync(id, name, cancellationToken))
            {
                await RemoveAsync(id, volume);
                return await FindAsync(name, cancellationToken); // another launcher was first
            }
        }
        catch (Exception exception) when (exception is InfrastructureException or OperationCanceledException)
        {
            await RemoveAsync(id, volume);
            throw;
        }

        logger.ExternalsMade(name, time.GetElapsedTime(started).TotalSeconds);
        try
        {
            await RemoveOldAsync(volume, cancellationToken);
        }
        catch (InfrastructureException error)
        {
            logger.ExternalsNotRemoved("of another version", error.Message); // no reason to fail a job
        }

        return volume;
    }

    private static Mount MountOf(string volume, string version) => new()
    {
        Type = "volume",
        Source = volume,
        Target = DockerPaths.Externals,
        VolumeOptions = new VolumeOptions { Labels = new Dictionary<string, string> { [DockerLabels.Externals] = version } },
    };

    // Other versions, what a launcher that crashed left half made, and volumes whose container somebody pruned. Younger ones may belong to
    // another launcher, which would make its own again, remove this one in turn, and so on.
    private async Task RemoveOldAsync(string volume, CancellationToken cancellationToken)
    {
        var limit = time.GetUtcNow() - KeptFor;
        var held = new HashSet<string> { volume };
        foreach (var container in await engine.ListAsync(DockerLabels.Externals, cancellationToken))
        {
            if (container.Mounts?.FirstOrDefault()?.Name is not { } its || its == volume || container.Created >= limit.UtcDateTime)
            {
                held.UnionWith((container.Mounts ?? []).Select(mount => mount.Name).OfType<string>());
                continue;
            }

            await RemoveAsync(container.ID, its);
        }

        foreach (var (name, created) in await engine.ListVolumesAsync(DockerLabels.Externals, cancellationToken))
        {
            if (!held.Contains(name) && created < limit)
            {
                await engine.RemoveVolumeAsync(name, cancellationToken);
            }
        }
    }

    // A fresh token: what was made goes also where the launch was cancelled.
    private async Task RemoveAsync(string container, string volume)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), time);
        try
        {
            await engine.RemoveAsync(container, limit.Token);
            await engine.RemoveVolumeAsync(volume, limit.Token);
        }
        catch (InfrastructureException error)
        {
            logger.ExternalsNotRemoved(volume, error.Message);
        }
    }
}
