using System.Text;
using Runner.Cli.Git;

namespace Runner.Cli.Workspaces;

/// <summary>The copy of one repository's own folder: complete in itself, however the checkout has it.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Of a linked working tree it is one folder again: what all share, and what is this one's.</item>
/// <item>Objects that another repository lends (<c>clone --reference</c>, <c>--shared</c>) are in it.</item>
/// <item>That of a submodule stays in the outer repository's folder if it is there, else it becomes the submodule's own <c>.git</c>.</item>
/// <item>Other working trees, locks and what is no file are not in it.</item>
/// </list>
/// </remarks>
/// <param name="git">The repository.</param>
/// <param name="workingTree">Its working tree.</param>
/// <param name="target">Where the working tree stands in the copy; empty: its root.</param>
/// <param name="place">Where the repository's folder stands in the copy.</param>
internal sealed class RepositoryCopy(GitFolder git, string workingTree, string target, string place)
{
    private const string GitName = ".git";

    // Of a linked working tree these are its own, not the repository's (git's page "gitrepository-layout"), beside those in capitals: HEAD, ORIG_HEAD, …
    private static readonly HashSet<string> OfOneWorkingTree = new(StringComparer.Ordinal)
    {
        "index", "modules", "sequencer", "rebase-merge", "rebase-apply", "config.worktree", "info/sparse-checkout",
        "logs/HEAD", "logs/refs/bisect", "logs/refs/rewritten", "logs/refs/worktree", "refs/bisect", "refs/rewritten", "refs/worktree",
    };

    // Its place in the repository that it is linked to.
    private static readonly HashSet<string> OfTheLink = new(StringComparer.Ordinal) { "commondir", "gitdir", "locked" };

    private bool IsOfOuterWorkingTrees { get; init; }

    private bool IsInPlace => place == FolderWalk.Below(target, GitName);

    /// <summary>Decides where a repository stands in the copy.</summary>
    /// <param name="git">The repository.</param>
    /// <param name="workingTree">Its working tree.</param>
    /// <param name="target">Where that stands in the copy.</param>
    /// <param name="outer">Repositories around it.</param>
    public static RepositoryCopy Of(GitFolder git, string workingTree, string target, IReadOnlyList<RepositoryCopy> outer)
    {
        foreach (var around in outer)
        {
            if (around.PlaceOf(git) is { } place)
            {
                return new RepositoryCopy(git, workingTree, target, place) { IsOfOuterWorkingTrees = git.IsLinked };
            }
        }

        return new RepositoryCopy(git, workingTree, target, FolderWalk.Below(target, GitName));
    }

    /// <summary>Adds it to a copy, in which those around it are.</summary>
    public async Task AddToAsync(IDictionary<string, CheckoutEntry> copy, List<string> notes, CancellationToken cancellationToken)
    {
        if (!copy.ContainsKey(place))
        {
            copy[place] = new FolderEntry(place, git.Common);
        }

        foreach (var entry in Entries())
        {
            cancellationToken.ThrowIfCancellationRequested();
            copy[entry.Path] = entry;
        }

        if (!IsInPlace)
        {
            var pointer = FolderWalk.Below(target, GitName);
            copy[pointer] = new MadeEntry(pointer, Encoding.UTF8.GetBytes($"gitdir: {Between(target, place)}\n"));
        }

        if (IsOfOuterWorkingTrees)
        {
            return; // it has what the outer one has
        }

        AddLentObjects(copy);
        await AddSettingsAsync(copy, notes, cancellationToken);
    }

    private string? PlaceOf(GitFolder inner)
    {
        foreach (var folder in new[] { git.Own, git.Common })
        {
            if (inner.Own.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) && (!inner.IsLinked || inner.Common == git.Common))
            {
                return $"{place}/{Path.GetRelativePath(folder, inner.Own).Replace(Path.DirectorySeparatorChar, '/')}";
            }
        }

        return null;
    }

    private IEnumerable<CheckoutEntry> Entries()
    {
        if (IsOfOuterWorkingTrees)
        {
            return FolderWalk.Entries(git.Own, place, IsLeftOut).Prepend(new FolderEntry(place[..place.LastIndexOf('/')], git.Common));
        }

        var shared = FolderWalk.Entries(git.Common, place, path => IsLeftOut(path) || (git.IsLinked && IsOfOneWorkingTree(path)));
        return git.IsLinked ? shared.Concat(FolderWalk.Entries(git.Own, place, path => IsLeftOut(path) || OfTheLink.Contains(path))) : shared;
    }

    // A lock is of a command that runs now, or was killed: in the copy nobody would ever take it away.
    private static bool IsLeftOut(string path) =>
        path is "worktrees" or "objects/info/alternates" or "gc.pid"
        || (path.EndsWith(".lock", StringComparison.Ordinal)
            && (!path.Contains('/', StringComparison.Ordinal) || path.StartsWith("refs/", StringComparison.Ordinal) || path.StartsWith("logs/", StringComparison.Ordinal)));

    private static bool IsOfOneWorkingTree(string path) =>
        OfOneWorkingTree.Contains(path)
        || path.StartsWith("sharedindex.", StringComparison.Ordinal)
        || path.All(letter => char.IsAsciiLetterUpper(letter) || letter == '_');

    private void AddLentObjects(IDictionary<string, CheckoutEntry> copy)
    {
        copy.Remove($"{place}/objects/info/alternates");
        foreach (var folder in Lenders(Path.Combine(git.Common, "objects"), []))
        {
            foreach (var entry in FolderWalk.Entries(folder, $"{place}/objects", path => path == "info" || path.StartsWith("pack/multi-pack-index", StringComparison.Ordinal)))
            {
                copy.TryAdd(entry.Path, entry);
            }
        }
    }

    private static IEnumerable<string> Lenders(string objects, HashSet<string> seen)
    {
        var list = Path.Combine(objects, "info", "alternates");
        var named = File.Exists(list) ? File.ReadAllLines(list).Where(line => line.Length > 0 && line[0] != '#') : [];
        foreach (var folder in named.Select(line => Path.GetFullPath(line, objects)).Where(folder => Directory.Exists(folder) && seen.Add(folder)))
        {
            yield return folder;
            foreach (var further in Lenders(folder, seen))
            {
                yield return further;
            }
        }
    }

    private async Task AddSettingsAsync(IDictionary<string, CheckoutEntry> copy, List<string> notes, CancellationToken cancellationToken)
    {
        var settings = await CopiedSettings.ReadAsync(git, workingTree, cancellationToken);
        notes.AddRange(settings.Notes);
        var further = settings.Further(Between(place, target), IsInPlace);
        if (further.Length == 0)
        {
            return;
        }

        // The last word counts, and that of the working tree's own file comes after the repository's.
        foreach (var (folder, name) in new[] { (git.Common, "config"), (git.Own, "config.worktree") })
        {
            var file = Path.Combine(folder, name);
            if (File.Exists(file))
            {
                copy[$"{place}/{name}"] = new MadeEntry($"{place}/{name}", [.. await File.ReadAllBytesAsync(file, cancellationToken), .. Encoding.UTF8.GetBytes(further)]);
            }
        }
    }

    // From one folder of the copy to another; where the copy itself will stand is of no matter.
    private static string Between(string from, string to)
    {
        var root = Path.GetTempPath();
        return Path.GetRelativePath(Path.Combine(root, from), Path.Combine(root, to)).Replace(Path.DirectorySeparatorChar, '/');
    }
}
