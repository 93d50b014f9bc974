namespace Runner.Workflows.Events;

/// <summary>Where, when and by whom an event happened, and what git has there: what every payload tells.</summary>
public sealed record EventOrigin
{
    /// <summary>A commit of zeros: none.</summary>
    public const string NoCommit = "0000000000000000000000000000000000000000";

    /// <summary><c>owner/name</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>Name of the default branch.</summary>
    public required string DefaultBranch { get; init; }

    /// <summary>Full ref.</summary>
    public required string Ref { get; init; }

    /// <summary>Commit; zeros where there is none.</summary>
    public string Sha { get; init; } = NoCommit;

    /// <summary>What the commit is; <c>null</c>: nothing is known of it.</summary>
    public CommitFacts? Commit { get; init; }

    /// <summary>The commit before it on its branch; <c>null</c>: it is the first, or not known.</summary>
    public string? Parent { get; init; }

    /// <summary>Where a pull request of this commit would go; <c>null</c>: not known.</summary>
    public PullTarget? Target { get; init; }

    /// <summary>Name of the newest tag before the commit, or <c>null</c>.</summary>
    public string? Tag { get; init; }

    /// <summary>Who did it.</summary>
    public required string Actor { get; init; }

    /// <summary>Server, such as <c>https://github.com</c>.</summary>
    public string ServerUrl { get; init; } = "https://github.com";

    /// <summary>When. Default: the beginning of Unix time.</summary>
    public DateTimeOffset Time { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>The ref without <c>refs/heads/</c> or <c>refs/tags/</c>.</summary>
    public string RefName => Ref.Split('/', 3) is ["refs", "heads" or "tags", var name] ? name : Ref;

    /// <summary>Whether the ref is a tag.</summary>
    public bool IsTag => Ref.StartsWith("refs/tags/", StringComparison.Ordinal);
}

/// <summary>A commit as git has it.</summary>
/// <param name="Tree">Id of its tree.</param>
/// <param name="Message">The whole message.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="Committer">Who committed it.</param>
public sealed record CommitFacts(string Tree, string Message, CommitPerson Author, CommitPerson Committer)
{
    /// <summary>Files that it has and its parent has not.</summary>
    public IReadOnlyList<string> Added { get; init; } = [];

    /// <summary>Files that both have, not alike.</summary>
    public IReadOnlyList<string> Modified { get; init; } = [];

    /// <summary>Files that only its parent has.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];
}

/// <summary>Author or committer.</summary>
/// <param name="Name">Name.</param>
/// <param name="Email">Address.</param>
/// <param name="Time">When.</param>
public sealed record CommitPerson(string Name, string Email, DateTimeOffset Time);

/// <summary>Where a pull request goes, and what it would bring.</summary>
/// <param name="Sha">Commit of the branch that it goes to.</param>
/// <param name="Commits">How many commits it brings.</param>
/// <param name="Files">How many files differ.</param>
/// <param name="Additions">Lines that are new.</param>
/// <param name="Deletions">Lines that are gone.</param>
public sealed record PullTarget(string Sha, int Commits, int Files, int Additions, int Deletions);
