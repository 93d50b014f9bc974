using Microsoft.Extensions.Logging;
using Runner.Execution.Hosting;

namespace Runner.Worker.Hosting;

/// <summary>What the worker's process gives to a job.</summary>
internal sealed record WorkerHost
{
    /// <summary>The worker's own environment.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Folder of the executable.</summary>
    public required string Folder { get; init; }

    /// <summary>When the process started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Loggers for the operator.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Hears that the job's services are ready, or <c>null</c>: nothing does.</summary>
    public IServiceGate? Services { get; init; }

    /// <summary>Whether the process may adopt the orphans of steps: true in the worker, false in a test.</summary>
    public bool HasOnlyStepsAsChildren { get; init; }
}
