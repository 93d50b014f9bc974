namespace Runner.Cli.Rendering;

/// <summary>How runs are shown to people.</summary>
internal sealed record RunViewOptions
{
    /// <summary>Whether colours are seen.</summary>
    public bool UseColors { get; init; }

    /// <summary>Whether the output is a terminal, where a last line may change: progress is shown there.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Width of the terminal, in cells. Default 80.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Whether lines of steps are left out.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Whether debug lines are shown.</summary>
    public bool IsVerbose { get; init; }

    /// <summary>Whether lines begin with the job's id instead of its name.</summary>
    public bool PrefixJobId { get; init; }
}
