namespace Runner.Agent.Checks;

/// <summary>How a check went.</summary>
public enum CheckState
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Jobs run, and somebody should look at it all the same.</summary>
    Warning,

    /// <summary>Jobs do not run like this.</summary>
    Failed,

    /// <summary>It could not be looked at: an earlier check failed, or the right to look is missing.</summary>
    Skipped,
}

/// <summary>One check of <c>runner doctor</c>.</summary>
/// <param name="Name">What was looked at, such as <c>tls</c>.</param>
/// <param name="State">How it went.</param>
/// <param name="Text">What was found, for people. Never a secret.</param>
public sealed record CheckResult(string Name, CheckState State, string Text)
{
    /// <summary>What to do; <c>null</c>: nothing.</summary>
    public string? Fix { get; init; }

    /// <summary>Whether something outside did not answer, which may pass; else a setting or a right is wrong.</summary>
    public bool IsOutside { get; init; }

    internal static CheckResult Ok(string name, string text) => new(name, CheckState.Ok, text);

    internal static CheckResult Skipped(string name, string text) => new(name, CheckState.Skipped, text);

    internal static CheckResult Warning(string name, string text, string fix) => new(name, CheckState.Warning, text) { Fix = fix };

    internal static CheckResult Failed(string name, string text, string fix, bool isOutside = false) =>
        new(name, CheckState.Failed, text) { Fix = fix, IsOutside = isOutside };
}
