namespace Runner.Workflows.Yaml;

/// <summary>How much of a YAML file is read before it counts as broken or hostile.</summary>
public sealed record YamlLimits
{
    /// <summary>The limits for workflow files.</summary>
    public static YamlLimits Workflow { get; } = new();

    /// <summary>The limits for action manifests, which GitHub lets nest deeper (<c>job-message.md</c> section 8.1).</summary>
    public static YamlLimits Action { get; } = new() { MaxDepth = 100 };

    /// <summary>Most characters of the file. Default 1,048,576.</summary>
    public int MaxCharacters { get; init; } = 1024 * 1024;

    /// <summary>Most collections in one another. Default 50.</summary>
    public int MaxDepth { get; init; } = 50;

    /// <summary>Whether anchors and aliases may be used. Default true; GitHub's conformance suite is older than they are.</summary>
    public bool AllowsAnchors { get; init; } = true;

    /// <summary>Most nodes that aliases may add to those written down. Default 100,000: an alias bomb ends here.</summary>
    public int MaxAliasNodes { get; init; } = 100_000;
}
