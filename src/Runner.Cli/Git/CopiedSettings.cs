using System.Text;

namespace Runner.Cli.Git;

/// <summary>What of a repository's settings has to be said anew where the repository is copied to.</summary>
internal sealed class CopiedSettings
{
    // What decides whether a file is what git has of it, and may be in the user's own settings, which no copy has.
    private static readonly string[] OfComparing = ["core.autocrlf", "core.eol"];

    private readonly GitFolder _git;
    private readonly string? _tree;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _ofTheUser;

    private CopiedSettings(GitFolder git, string? tree, IReadOnlyList<KeyValuePair<string, string>> ofTheUser, IReadOnlyList<string> notes)
    {
        _git = git;
        _tree = tree;
        _ofTheUser = ofTheUser;
        Notes = notes;
    }

    /// <summary>What a user should know: settings that are elsewhere.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Reads them.</summary>
    public static async Task<CopiedSettings> ReadAsync(GitFolder git, string workingTree, CancellationToken cancellationToken)
    {
        var files = new[] { Path.Combine(git.Own, "config.worktree"), Path.Combine(git.Common, "config") }.Where(File.Exists).ToList();
        string? tree = null;
        var notes = new List<string>();
        foreach (var file in files)
        {
            tree ??= await GitCommand.AskAsync(workingTree, cancellationToken, "config", "--file", file, "--get", "core.worktree");
            foreach (var include in await GitCommand.ListAsync(workingTree, cancellationToken, "config", "--file", file, "-z", "--get-regexp", @"^include(if\..*)?\.path$") ?? [])
            {
                var path = include.Split('\n', 2) is [_, var value] ? value : string.Empty;
                if (path.StartsWith('~') || !IsBelow(Path.GetFullPath(path, Path.GetDirectoryName(file) ?? string.Empty), workingTree))
                {
                    notes.Add($"git settings of '{path}', which {file} includes, are in no container or pod: they are not part of the checkout");
                }
            }
        }

        return new CopiedSettings(git, tree, await OfTheUserAsync(workingTree, cancellationToken), notes);
    }

    /// <summary>Lines for the end of the copy's settings; empty: it needs none.</summary>
    /// <param name="tree">The working tree as the repository's folder of the copy sees it.</param>
    /// <param name="isInPlace">Whether that folder is the working tree's <c>.git</c>, where git finds the tree by itself.</param>
    public string Further(string tree, bool isInPlace)
    {
        var lines = new StringBuilder();
        if (_git.IsLinked)
        {
            Add("core.bare", "false"); // the repository that it was linked to may have no working tree of its own
        }

        if (isInPlace ? _tree is not null : _tree != tree)
        {
            Add("core.worktree", tree);
        }

        foreach (var (key, value) in _ofTheUser)
        {
            Add(key, value);
        }

        return lines.ToString();

        void Add(string key, string value) => lines.Append('[').Append(key.Split('.')[0]).Append("]\n\t").Append(key.Split('.')[1]).Append(" = ").Append(Quote(value)).Append('\n');
    }

    private static async Task<IReadOnlyList<KeyValuePair<string, string>>> OfTheUserAsync(string workingTree, CancellationToken cancellationToken)
    {
        var found = new List<KeyValuePair<string, string>>();
        foreach (var key in OfComparing)
        {
            if (await GitCommand.AskAsync(workingTree, cancellationToken, "config", "--get", key) is { } value
                && await GitCommand.AskAsync(workingTree, cancellationToken, "config", "--local", "--get", key) is null)
            {
                found.Add(KeyValuePair.Create(key, value));
            }
        }

        return found;
    }

    private static bool IsBelow(string path, string folder) => path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
