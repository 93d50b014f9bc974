namespace Runner.Worker.Release;

/// <summary>
/// A word that the launcher leaves for the worker, in a file beside its spool. The first counts; it lasts as long as the job, so that it can be
/// said again by a launcher that does not know whether it was heard.
/// </summary>
/// <param name="fileName">Name of its file.</param>
internal sealed class LauncherWord(string fileName)
{
    /// <summary>Of the job's services: empty where they are ready, else why not.</summary>
    public static LauncherWord Release { get; } = new("release");

    /// <summary>Why the place of the job is taken away.</summary>
    public static LauncherWord Removal { get; } = new("removal");

    /// <summary>Leaves it, unless there is one; never half of it.</summary>
    /// <exception cref="IOException">It cannot be left.</exception>
    public void Leave(string folder, byte[] word)
    {
        var path = Path.Combine(folder, fileName);
        Directory.CreateDirectory(folder);
        var draft = Path.Combine(folder, $"{fileName}.{Guid.NewGuid():N}");
        File.WriteAllBytes(draft, word);
        try
        {
            File.Move(draft, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    /// <summary>Reads it; <c>null</c> where nothing was said yet.</summary>
    public string? Read(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, fileName));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
