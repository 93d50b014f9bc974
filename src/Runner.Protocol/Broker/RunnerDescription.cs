namespace Runner.Protocol.Broker;

/// <summary>What a runner says of itself with each poll (<c>sessions-and-messages.md</c> section 3).</summary>
public sealed record RunnerDescription
{
    /// <summary>Announced version, such as <c>2.336.0</c>; the server refuses one that is too old.</summary>
    public required string Version { get; init; }

    /// <summary><c>Linux</c>, <c>Windows</c> or <c>macOS</c>. Default <c>Linux</c>.</summary>
    public string Os { get; init; } = "Linux";

    /// <summary><c>X86</c>, <c>X64</c>, <c>ARM</c> or <c>ARM64</c>. Default <c>X64</c>.</summary>
    public string Architecture { get; init; } = "X64";
}

/// <summary>Whether the runner can take a job.</summary>
public enum RunnerStatus
{
    /// <summary>It can.</summary>
    Online,

    /// <summary>It has one.</summary>
    Busy,
}
