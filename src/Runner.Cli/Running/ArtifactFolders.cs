using Runner.Jobs.Errors;

namespace Runner.Cli.Running;

/// <summary>Where the artifacts of each workflow stand in the folder of <c>--artifact-server-path</c>.</summary>
internal static class ArtifactFolders
{
    private const string Workflows = ".github/workflows/";

    /// <summary>
    /// The name of each workflow's folder: that of its file without the ending; where several files have one such name, their whole paths below
    /// <c>.github/workflows</c>.
    /// </summary>
    /// <param name="paths">Paths of the workflows' files in the checkout.</param>
    public static IReadOnlyDictionary<string, string> NamesOf(IEnumerable<string> paths) => paths.Distinct(StringComparer.Ordinal)
        .GroupBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase)
        .SelectMany(same => same.Count() == 1 ? same.Select(path => (path, Name: same.Key)) : same.Select(path => (path, Name: Whole(path))))
        .ToDictionary(found => found.path, found => found.Name, StringComparer.Ordinal);

    /// <summary>Makes the folder and tries to write in it: after the run it would be too late.</summary>
    /// <exception cref="OperatorException">It cannot be used.</exception>
    public static void Check(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var file = Path.Combine(folder, $".{Guid.NewGuid():N}");
            using (new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose))
            {
                // That it can be made is all that is asked.
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--artifact-server-path: {folder} cannot be used: {problem.Message}", problem);
        }
    }

    // A workflow may lie above the checkout: its artifacts stay in the folder.
    private static string Whole(string path)
    {
        var below = path.StartsWith(Workflows, StringComparison.Ordinal) ? path[Workflows.Length..] : path;
        return string.Join('/', below.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => part is "." or ".." ? "_" : part));
    }
}
