using Runner.Jobs.Errors;

namespace Runner.Jobs.Containers;

/// <summary>A volume of a container.</summary>
/// <param name="Source">Name of a volume, or an absolute path of the machine; <c>null</c>: a new, empty one.</param>
/// <param name="Target">Absolute path in the container.</param>
/// <param name="IsReadOnly">Whether the container may not write to it.</param>
public sealed record VolumeMapping(string? Source, string Target, bool IsReadOnly)
{
    /// <summary>Where the containers of a job see its workspace, and so <c>github.workspace</c> of <c>container</c> and <c>services</c>.</summary>
    public const string Workspace = "/github/workspace";

    /// <summary>The source as a path below the job's workspace, empty where it is all of it; <c>null</c>: it is not in the workspace.</summary>
    public string? PathInWorkspace => Source is not null && Source.StartsWith('/') && Path.GetFullPath(Source) is var path
        && (path == Workspace || path.StartsWith(Workspace + "/", StringComparison.Ordinal))
            ? path[Workspace.Length..].Trim('/')
            : null;

    /// <summary>Reads <c>[source:]target[:ro|rw]</c>.</summary>
    /// <param name="text">As in the workflow.</param>
    /// <param name="where">The key, for messages: <c>container.volumes</c>.</param>
    /// <exception cref="WorkflowException">It is no such text.</exception>
    public static VolumeMapping Parse(string text, string where)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Trim().Split(':');
        var mode = parts.Length > 1 && !parts[^1].StartsWith('/') ? parts[^1] : null;
        var paths = mode is null ? parts : parts[..^1];
        if (paths.Length is 0 or > 2 || !paths[^1].StartsWith('/') || paths[0].Length == 0)
        {
            throw new WorkflowException($"{where}: '{text}' cannot be read; expected [source:]/target[:ro], such as cache:/var/cache:ro");
        }

        return new VolumeMapping(paths.Length == 2 ? paths[0] : null, paths[^1], IsReadOnlyMode(mode, text, where));
    }

    /// <summary>As Docker writes it: <c>cache:/var/cache:ro</c>.</summary>
    public override string ToString() => $"{(Source is null ? string.Empty : Source + ":")}{Target}{(IsReadOnly ? ":ro" : string.Empty)}";

    // z, Z and the propagation modes change nothing about what the container sees.
    private static bool IsReadOnlyMode(string? mode, string text, string where) => (mode ?? "rw").Split(',').Aggregate(false, (isReadOnly, word) => word switch
    {
        "ro" or "readonly" => true,
        "rw" or "z" or "Z" or "cached" or "delegated" or "consistent" or "nocopy" or "shared" or "rshared" or "slave" or "rslave" or "private" or "rprivate" => isReadOnly,
        _ => throw new WorkflowException($"{where}: '{text}' has the mode '{word}', which is not known; expected ro or rw"),
    });
}
