namespace Runner.Cli.Git;

/// <summary>Where git keeps the repository of a working tree (git's page "gitrepository-layout").</summary>
/// <param name="Own">What belongs to this working tree: <c>HEAD</c>, the index.</param>
/// <param name="Common">What all working trees of the repository share; the same folder but for a linked working tree.</param>
internal sealed record GitFolder(string Own, string Common)
{
    private const string Pointer = "gitdir: ";

    /// <summary>Whether it is that of a linked working tree (<c>git worktree add</c>).</summary>
    public bool IsLinked => Own != Common;

    /// <summary>The one of a working tree, from its <c>.git</c>: a folder, a link to one, or a file that names one. <c>null</c>: it has none.</summary>
    public static GitFolder? Find(string workingTree)
    {
        if (Resolve(workingTree) is not { } own)
        {
            return null;
        }

        var shared = Path.Combine(own, "commondir");
        return new GitFolder(own, File.Exists(shared) ? RealPath(Path.GetFullPath(File.ReadAllText(shared).TrimEnd('\r', '\n'), own)) : own);
    }

    /// <summary>Whether a folder, or one around it, has a <c>.git</c>: where none has, git knows of no repository.</summary>
    public static bool IsAbove(string folder)
    {
        for (var around = new DirectoryInfo(RealPath(Path.GetFullPath(folder))); around is not null; around = around.Parent)
        {
            if (Path.Exists(Path.Combine(around.FullName, ".git")) || File.Exists(Path.Combine(around.FullName, "HEAD")))
            {
                return true; // or a repository's own folder
            }
        }

        return false;
    }

    /// <summary>A path without links in it.</summary>
    public static string RealPath(string path)
    {
        var real = Path.GetPathRoot(path) ?? string.Empty;
        foreach (var part in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (File.ResolveLinkTarget(real, returnFinalTarget: true) is { } target)
            {
                real = RealPath(target.FullName);
            }
        }

        return real;
    }

    private static string? Resolve(string workingTree)
    {
        var path = Path.Combine(workingTree, ".git");
        if (Directory.Exists(path))
        {
            return RealPath(path);
        }

        return File.Exists(path) && File.ReadAllText(path) is var text && text.StartsWith(Pointer, StringComparison.Ordinal)
            && Path.GetFullPath(text[Pointer.Length..].TrimEnd('\r', '\n'), workingTree) is var named && Directory.Exists(named)
            ? RealPath(named)
            : null;
    }
}
