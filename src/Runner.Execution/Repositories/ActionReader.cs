using Runner.Execution.Files;
using Runner.Execution.Hosting;
using Runner.Jobs.Errors;
using Runner.Workflows.Model.Actions;

namespace Runner.Execution.Repositories;

/// <summary>Finds and reads the action in a folder (<c>actions-download.md</c> section 6).</summary>
internal static class ActionReader
{
    // Far more than any manifest has, and far less than would trouble the worker.
    private const int MaxBytes = 16 * 1024 * 1024;

    private static readonly string[] Manifests = ["action.yml", "action.yaml"];
    private static readonly string[] Dockerfiles = ["Dockerfile", "dockerfile"];

    /// <summary>The action of a repository's folder.</summary>
    /// <param name="root">Where the repository is.</param>
    /// <exception cref="WorkflowException">There is none, or it is not valid.</exception>
    public static LoadedAction ReadFromRepository(RepositoryAction action, string root)
    {
        var folder = string.IsNullOrEmpty(action.Path) ? root : Path.Combine(root, action.Path);
        var shown = $"{action.Name}/{action.Ref}/{(string.IsNullOrEmpty(action.Path) ? string.Empty : action.Path + "/")}";
        var manifest = Find(folder, shown)
            ?? throw new WorkflowException($"Can't find 'action.yml', 'action.yaml' or 'Dockerfile' for action '{NameOf(action)}'.");
        return new LoadedAction(manifest, folder, root, action);
    }

    /// <summary>The action of a folder of the workspace.</summary>
    /// <param name="path">The folder, as the step names it.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="isCopy">Whether the workspace is a copy of the user's own checkout, who would know nothing of where that is, and need not check out.</param>
    /// <exception cref="WorkflowException">There is none, or it is not valid.</exception>
    public static LoadedAction ReadLocal(string path, string workspace, bool isCopy)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new WorkflowException("uses: the path of the action holds a NUL character, which no path can");
        }

        var folder = Path.GetFullPath(Path.Combine(workspace, path.Replace('\\', '/')));
        var manifest = Find(folder, path.TrimEnd('/') + "/")
            ?? throw new WorkflowException(isCopy
                ? $"Can't find 'action.yml', 'action.yaml' or 'Dockerfile' in the folder '{path}' of the checkout."
                : $"Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '{folder}'. "
                + "Did you forget to run actions/checkout before running your local action?");
        return new LoadedAction(manifest, folder, workspace, Repository: null);
    }

    private static ActionManifest? Find(string folder, string shown)
    {
        if (Manifests.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) is { } file)
        {
            var reading = ActionFile.Read(shown + file, RegularFile.ReadText(Path.Combine(folder, file), MaxBytes));
            return reading.Manifest ?? throw new WorkflowException(string.Join('\n', reading.Diagnostics));
        }

        return Dockerfiles.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) is { } dockerfile
            ? new ActionManifest { Path = shown + dockerfile, Runs = new DockerRuns { Using = "docker", Image = dockerfile } }
            : null;
    }

    private static string NameOf(RepositoryAction action) =>
        string.IsNullOrEmpty(action.Path) ? action.Key : $"{action.Name}/{action.Path}@{action.Ref}";
}
