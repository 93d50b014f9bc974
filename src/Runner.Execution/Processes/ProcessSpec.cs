namespace Runner.Execution.Processes;

/// <summary>A process to start. Standard input is empty.</summary>
internal sealed record ProcessSpec
{
    /// <summary>Absolute path of the program.</summary>
    public required string Program { get; init; }

    /// <summary>Arguments, without the program's name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Absolute path of an existing folder.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The whole environment: nothing is inherited.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>How much sooner than others the kernel kills it when memory is short, −1000 to 1000; <c>null</c>: as the worker.</summary>
    public int? OomScoreAdjustment { get; init; }
}

/// <summary>How a process ended.</summary>
/// <param name="Code">Exit code, or 128 + n where signal n killed it, as shells say it.</param>
/// <param name="Signal">The signal that killed it, or <c>null</c>.</param>
internal readonly record struct ProcessExit(int Code, int? Signal = null)
{
    public static ProcessExit ByCode(int code) => new(code);

    public static ProcessExit BySignal(int signal) => new(128 + signal, signal);
}

/// <summary>A process could not be started. The message is for the workflow's author.</summary>
internal sealed class ProcessStartException(string message) : Exception(message);
