namespace Runner.Cli.Events;

/// <summary>Where and by whom an event happened: what every payload tells.</summary>
internal sealed record EventOrigin
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

    /// <summary>First line of the commit's message.</summary>
    public string Subject { get; init; } = string.Empty;

    /// <summary>Who did it.</summary>
    public required string Actor { get; init; }

    /// <summary>Server, such as <c>https://github.com</c>.</summary>
    public string ServerUrl { get; init; } = "https://github.com";

    /// <summary>The ref without <c>refs/heads/</c> or <c>refs/tags/</c>.</summary>
    public string RefName => Ref.Split('/', 3) is ["refs", "heads" or "tags", var name] ? name : Ref;
}
