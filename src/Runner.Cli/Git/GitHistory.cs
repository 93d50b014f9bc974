using System.Globalization;
using Runner.Workflows.Events;

namespace Runner.Cli.Git;

/// <summary>What git knows of the commit that is checked out and of those before it. Each property is <c>null</c> where git does not know it.</summary>
internal sealed record GitHistory
{
    /// <summary>The commit, with the files that it changed.</summary>
    public CommitFacts? Commit { get; init; }

    /// <summary>Its first parent.</summary>
    public string? Parent { get; init; }

    /// <summary>Where a pull request would go.</summary>
    public PullTarget? Target { get; init; }

    /// <summary>The newest tag before it.</summary>
    public string? Tag { get; init; }

    /// <summary>Asks git about a commit.</summary>
    /// <param name="folder">A folder of the checkout.</param>
    /// <param name="sha">The commit.</param>
    /// <param name="remote">Name of the remote.</param>
    /// <param name="defaultBranch">Branch that pull requests go to.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    public static async Task<GitHistory> ReadAsync(string folder, string sha, string remote, string defaultBranch, CancellationToken cancellationToken)
    {
        var parentOf = Ask("rev-parse", "--verify", "--quiet", $"{sha}^");
        var described = GitCommand.AskAsync(folder, cancellationToken, "log", "-1", "--format=%T%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B", sha);
        var remoteTip = Ask("rev-parse", "--verify", "--quiet", $"refs/remotes/{remote}/{defaultBranch}^{{commit}}");
        var localTip = Ask("rev-parse", "--verify", "--quiet", $"refs/heads/{defaultBranch}^{{commit}}");
        var tag = Ask("describe", "--tags", "--abbrev=0", sha);
        var parent = await parentOf;
        var changes = GitCommand.ListAsync(
            folder, cancellationToken, ["diff-tree", "-r", "-z", "--no-commit-id", "--name-status", "--no-renames", .. parent is null ? ["--root", sha] : new[] { parent, sha }]);

        // A branch that is the target itself is taken for a pull request of its last commit.
        var target = await remoteTip ?? await localTip;
        target = target is null || target == sha ? parent : target;
        return new GitHistory
        {
            Commit = Read(await described, await changes ?? []),
            Parent = parent,
            Target = target is null ? null : await TargetAsync(target),
            Tag = await tag,
        };

        Task<string?> Ask(params string[] arguments) => GitCommand.AskAsync(folder, cancellationToken, arguments);

        async Task<PullTarget> TargetAsync(string tip)
        {
            var commits = Ask("rev-list", "--count", $"{tip}..{sha}");
            var files = (await GitCommand.ListAsync(folder, cancellationToken, "diff", "-z", "--numstat", "--no-renames", $"{tip}...{sha}") ?? [])
                .Select(line => line.Split('\t', 3)).ToList();
            return new PullTarget(tip, Number(await commits), files.Count, files.Sum(file => Number(file[0])), files.Sum(file => Number(file[1])));
        }
    }

    private static CommitFacts? Read(string? described, IReadOnlyList<string> changes)
    {
        if (described?.Split('\0', 8) is not [var tree, var author, var authorMail, var authored, var committer, var committerMail, var committed, var message])
        {
            return null;
        }

        // Status and name take turns.
        var files = changes.Chunk(2).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
        return new CommitFacts(
            tree, message.TrimEnd(), new CommitPerson(author, authorMail, Time(authored)), new CommitPerson(committer, committerMail, Time(committed)))
        {
            Added = [.. files["A"]],
            Modified = [.. files["M"], .. files["T"]],
            Removed = [.. files["D"]],
        };
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : DateTimeOffset.UnixEpoch;

    // A file that is no text has "-".
    private static int Number(string? text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
