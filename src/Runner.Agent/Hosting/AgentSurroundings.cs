using Microsoft.Extensions.Logging;

namespace Runner.Agent.Hosting;

/// <summary>What the process that runs an agent gives it: only a composition root may read the environment.</summary>
public sealed record AgentSurroundings
{
    /// <summary>Environment variables of the process.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The worker's executable where <c>host.worker</c> is not set.</summary>
    public required string DefaultWorker { get; init; }

    /// <summary>Whether the agent has the process to itself, and so all of its children are its jobs'. Default false.</summary>
    public bool IsOwnProcess { get; init; }

    /// <summary>The clock. Default the machine's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where is logged. Default <c>null</c>: to the console, as <c>monitoring.logging</c> says.</summary>
    public ILoggerProvider? Logs { get; init; }
}
