namespace Runner.Jobs.Launch;

/// <summary>A job stays where it is when a step of it has failed, so that somebody can look.</summary>
public sealed record FailureHold
{
    /// <summary>How long at most; then the job goes on.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>
    /// Whether only later attempts with step debugging are held, as <i>Re-run jobs</i> with <i>Enable debug logging</i> makes them (docs.github.com, "Enabling debug logging"). Default false.
    /// </summary>
    public bool OnlyDebugging { get; init; }

    /// <summary>Beginning of the command that enters the job's place, such as <c>kubectl -n ci exec -it POD -c job --</c>; empty: the job is on this machine itself.</summary>
    public string Enter { get; init; } = string.Empty;
}
