namespace Runner.Execution.Actions;

/// <summary>Keeps our folder of archives from growing for ever: what was not used for the longest time goes.</summary>
/// <param name="maxBytes">Most bytes of all archives together.</param>
/// <param name="time">The clock.</param>
internal sealed class ActionCacheLimit(long maxBytes, TimeProvider time)
{
    /// <summary>2 GiB: some thousands of actions.</summary>
    public const long DefaultBytes = 2L << 30;

    // A job that found an archive a moment ago is about to read it.
    private static readonly TimeSpan InUse = TimeSpan.FromHours(1);

    // What a job that was killed left half written.
    private static readonly TimeSpan DraftLife = TimeSpan.FromDays(1);

    /// <summary>Marks an archive as used now.</summary>
    public void Touch(string archive)
    {
        try
        {
            File.SetLastWriteTimeUtc(archive, time.GetUtcNow().UtcDateTime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written keeps its order, and is not trimmed by us either.
        }
    }

    /// <summary>Removes archives until the rest is within the limit, and drafts that nobody goes on with.</summary>
    public void Enforce(string folder)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        var archives = files.Where(file => file.Name[0] != '.').OrderBy(file => file.LastWriteTimeUtc).ToList();
        var excess = archives.Sum(file => file.Length) - maxBytes;
        var removed = files.Where(file => file.Name[0] == '.' && now - file.LastWriteTimeUtc > DraftLife).ToList();
        foreach (var archive in archives.TakeWhile(file => excess > 0 && now - file.LastWriteTimeUtc > InUse))
        {
            excess -= archive.Length;
            removed.Add(archive);
        }

        removed.ForEach(file => file.Delete());
    }
}
