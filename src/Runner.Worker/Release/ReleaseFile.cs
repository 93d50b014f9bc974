namespace Runner.Worker.Release;

/// <summary>
/// What the launcher has said of the job's services, beside the worker's spool: empty where they are ready, else why not. The first word
/// counts; it lasts as long as the job, so that it can be said again by a launcher that does not know whether it was heard.
/// </summary>
internal static class ReleaseFile
{
    private const string FileName = "release";

    /// <summary>Leaves it, unless there is one; never half of it.</summary>
    public static void Leave(string folder, byte[] failure)
    {
        var path = Path.Combine(folder, FileName);
        Directory.CreateDirectory(folder);
        var draft = Path.Combine(folder, $"{FileName}.{Guid.NewGuid():N}");
        File.WriteAllBytes(draft, failure);
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
    public static string? Read(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, FileName));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
