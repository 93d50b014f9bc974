using Runner.Workflows.Yaml;

namespace Runner.Workflows.Model;

/// <summary>How a workflow is read. The defaults are those of GitHub's service.</summary>
public sealed record WorkflowReadOptions
{
    /// <summary>The defaults.</summary>
    public static WorkflowReadOptions Default { get; } = new();

    /// <summary>For a run here, of a file that may be newer than our grammar.</summary>
    public static WorkflowReadOptions Run { get; } = new() { ToleratesUnknown = true };

    /// <summary>When to stop reading a file.</summary>
    public YamlLimits Limits { get; init; } = YamlLimits.Workflow;

    /// <summary>How deep calls may be nested; 0: a workflow may call none. Default 9.</summary>
    public int MaxCallDepth { get; init; } = 9;

    /// <summary>Most workflow files of a run. Default 51.</summary>
    public int MaxFiles { get; init; } = 51;

    /// <summary>Most jobs of all files together, a calling job counted as one more; 0: no limit, the default.</summary>
    public int MaxJobs { get; init; }

    /// <summary>Most bytes of the tokens of all files, counted as GitHub counts them. Default 10 MiB.</summary>
    public long MaxBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>What a token may do where no workflow says so. Default <see cref="PermissionsPolicy.Write"/>.</summary>
    public PermissionsPolicy Policy { get; init; } = PermissionsPolicy.Write;

    /// <summary>Whether called workflows are left unread. Default false.</summary>
    public bool SkipsCalls { get; init; }

    /// <summary>
    /// Whether a key or event that the grammar does not know is a warning only, as it suits runs: the file may be newer than the grammar. One
    /// that is nearly a known one is a slip, and a mistake in any case. Default false: it is a mistake.
    /// </summary>
    public bool ToleratesUnknown { get; init; }

    /// <summary>
    /// Whether <c>on</c> must be as GitHub documents it. Default false: GitHub's service reads it loosely, so what it leaves alone there is a
    /// warning.
    /// </summary>
    public bool HasStrictEvents { get; init; }

    /// <summary>
    /// Whether reading stops where GitHub's service stops: after the first stage (grammar, jobs, calls) that found a problem. Default false:
    /// everything that is wrong is told, in the order of the file.
    /// </summary>
    public bool StopsAsGitHub { get; init; }
}

/// <summary>A repository's default for the permissions of a job's token.</summary>
public enum PermissionsPolicy
{
    /// <summary>Everything may be written.</summary>
    Write = 0,

    /// <summary>Contents and packages may be read.</summary>
    LimitedRead = 1,
}
