namespace Runner.Execution.Jobs;

/// <summary><c>workspace: clean:</c> of a job.</summary>
internal static class Workspace
{
    /// <summary>
    /// Empties the workspace where asked: <c>all</c> and <c>resources</c>. <c>outputs</c> is about folders beside it, of which we have
    /// none.
    /// </summary>
    public static void Clean(string workspace, string what)
    {
        if (what.ToUpperInvariant() is not ("ALL" or "RESOURCES") || !Directory.Exists(workspace))
        {
            return;
        }

        Empty(workspace);
    }

    /// <summary>Deletes all that is in a folder.</summary>
    public static void Empty(string path)
    {
        // The folder itself may be a mounted volume: only what is in it can go.
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }
}
