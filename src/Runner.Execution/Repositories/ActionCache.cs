using Runner.Execution.Hosting;

namespace Runner.Execution.Repositories;

/// <summary>Archives of actions by commit, in a folder that the operator fills and jobs only read (<c>actions-download.md</c> section 5).</summary>
/// <remarks>
/// What this job fetches is not kept for others. A worker can write only where its steps can too, as the tool cache, and what lies there may have
/// been exchanged by an earlier job: nothing in it says whether it is what the commit holds.
/// </remarks>
/// <param name="folder">Folder of <c>ACTIONS_RUNNER_ACTION_ARCHIVE_CACHE</c>, or <c>null</c>.</param>
internal sealed class ActionCache(string? folder)
{
    /// <summary>The archive of a commit, or <c>null</c> where none is kept.</summary>
    public string? Find(ResolvedAction action) => FolderOf(action) is { } kept && Path.Combine(kept, action.Sha + ".tar.gz") is var archive && File.Exists(archive)
        ? archive
        : null;

    /// <summary>The unpacked commit, or <c>null</c>.</summary>
    public string? FindUnpacked(ResolvedAction action) =>
        FolderOf(action) is { } kept && Path.Combine(kept, action.Sha) is var unpacked && Directory.Exists(unpacked) && Directory.GetDirectories(unpacked) is [var only]
            ? only
            : null;

    private string? FolderOf(ResolvedAction action) => folder is not null && HasCommit(action) ? Path.Combine(folder, NameOf(action)) : null;

    private static string NameOf(ResolvedAction action) => action.ResolvedName.Replace('/', '_');

    // A name becomes part of a path, so nothing but a commit may be one.
    private static bool HasCommit(ResolvedAction action) => action.Sha.Length is >= 40 and <= 64 && action.Sha.All(char.IsAsciiHexDigit);
}
