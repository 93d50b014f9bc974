namespace Runner.Execution.Actions;

/// <summary>
/// Archives of actions that outlive the job, by commit: one folder that others fill and we only read (<c>actions-download.md</c> section 5),
/// one of our own on the tool cache. Any number of jobs may use them at the same time.
/// </summary>
/// <param name="given">Folder of <c>ACTIONS_RUNNER_ACTION_ARCHIVE_CACHE</c>, or <c>null</c>.</param>
/// <param name="own">Our folder, or <c>null</c>: nothing is kept.</param>
/// <param name="limit">Keeps our folder small.</param>
internal sealed class ActionCache(string? given, string? own, ActionCacheLimit limit)
{
    /// <summary>Name of our folder on the tool cache.</summary>
    public const string FolderName = "_action_archives";

    /// <summary>The archive of a commit, or <c>null</c> where none is kept.</summary>
    public string? Find(ResolvedAction action)
    {
        var archive = Folders(action).Select(folder => Path.Combine(folder, action.Sha + ".tar.gz")).FirstOrDefault(File.Exists);
        if (archive is not null && IsOwn(archive))
        {
            limit.Touch(archive);
        }

        return archive;
    }

    /// <summary>The unpacked commit in the folder that others fill, or <c>null</c>.</summary>
    public string? FindUnpacked(ResolvedAction action)
    {
        var folder = given is null || !HasCommit(action) ? null : Path.Combine(given, NameOf(action), action.Sha);
        return folder is not null && Directory.Exists(folder) && Directory.GetDirectories(folder) is [var only] ? only : null;
    }

    /// <summary>Keeps a copy of an archive; it is seen whole or not at all.</summary>
    public void Keep(ResolvedAction action, string archive)
    {
        if (own is null || !HasCommit(action))
        {
            return;
        }

        var folder = Path.Combine(own, NameOf(action));
        var draft = Path.Combine(folder, $".{action.Sha}.{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(folder);
            File.Copy(archive, draft);
            File.Move(draft, Path.Combine(folder, action.Sha + ".tar.gz"), overwrite: true);
            limit.Enforce(own);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A disk that does not take it, full or read-only, costs the next job a download, and this one nothing.
            if (File.Exists(draft))
            {
                File.Delete(draft);
            }
        }
    }

    /// <summary>Forgets an archive of ours that turned out to be broken.</summary>
    public void Forget(string archive)
    {
        if (IsOwn(archive))
        {
            File.Delete(archive);
        }
    }

    private bool IsOwn(string archive) => own is not null && archive.StartsWith(own + "/", StringComparison.Ordinal);

    private IEnumerable<string> Folders(ResolvedAction action) =>
        HasCommit(action) ? new[] { given, own }.OfType<string>().Select(folder => Path.Combine(folder, NameOf(action))) : [];

    private static string NameOf(ResolvedAction action) => action.ResolvedName.Replace('/', '_');

    // A name becomes part of a path, so nothing but a commit may be one.
    private static bool HasCommit(ResolvedAction action) => action.Sha.Length is >= 40 and <= 64 && action.Sha.All(char.IsAsciiHexDigit);
}
