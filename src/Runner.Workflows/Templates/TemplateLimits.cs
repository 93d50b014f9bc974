namespace Runner.Workflows.Templates;

/// <summary>How much a template may become when it is evaluated: GitHub's limits (<c>job-message.md</c> section 8.1).</summary>
public sealed record TemplateLimits
{
    /// <summary>The limits for workflows.</summary>
    public static TemplateLimits Workflow { get; } = new();

    /// <summary>The limits for action manifests.</summary>
    public static TemplateLimits Action { get; } = new() { MaxDepth = 100 };

    /// <summary>Most lists and mappings in one another. Default 50.</summary>
    public int MaxDepth { get; init; } = 50;

    /// <summary>Most values visited. Default 1,000,000.</summary>
    public int MaxEvents { get; init; } = 1_000_000;

    /// <summary>Most bytes of the result, two for a character and some for every value. Default 10 MiB.</summary>
    public long MaxBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Most errors that are told. Default 10.</summary>
    public int MaxErrors { get; init; } = 10;

    /// <summary>Most characters of one error. Default 500.</summary>
    public int MaxErrorLength { get; init; } = 500;
}
