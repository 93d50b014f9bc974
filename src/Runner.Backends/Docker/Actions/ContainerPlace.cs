using Docker.DotNet.Models;

namespace Runner.Backends.Docker.Actions;

/// <summary>A job in a container. Its volumes are shared by where the engine keeps them, which every engine tells; parts of volumes cannot be mounted before Docker 26.</summary>
internal sealed class ContainerPlace(DockerEngine engine, ContainerInspectResponse job) : IActionPlace
{
    public string Name => job.Name?.TrimStart('/') ?? job.ID;

    public IReadOnlyDictionary<string, string> Labels { get; } =
        (job.Config?.Labels ?? new Dictionary<string, string>()).Where(label => label.Key != DockerLabels.Launch).ToDictionary(StringComparer.Ordinal);

    public string Network => job.HostConfig?.NetworkMode ?? "default";

    public string? FindSource(string workerPath)
    {
        var mount = (job.Mounts ?? [])
            .Where(mount => $"{workerPath}/".StartsWith($"{mount.Destination.TrimEnd('/')}/", StringComparison.Ordinal))
            .MaxBy(mount => mount.Destination.Length);
        return mount is null || mount.Type == "tmpfs" ? null : mount.Source + workerPath[mount.Destination.TrimEnd('/').Length..];
    }

    // "/." is Docker's way to ask for what is in a folder.
    public Task<Stream> ReadFolderAsync(string workerPath, CancellationToken cancellationToken) =>
        engine.ReadFolderAsync(job.ID, $"{workerPath.TrimEnd('/')}/.", cancellationToken);
}
