using System.Runtime.InteropServices;

namespace Runner.Execution.Hosting;

/// <summary>What the worker's own process and machine give to a job.</summary>
public sealed record JobHost
{
    /// <summary>The worker's own environment: the lowest layer of every step's.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary><c>runner.os</c>.</summary>
    public string OperatingSystem { get; init; } = System.OperatingSystem.IsWindows() ? "Windows" : System.OperatingSystem.IsMacOS() ? "macOS" : "Linux";

    /// <summary><c>runner.arch</c>: X86, X64, ARM or ARM64.</summary>
    public string Architecture { get; init; } = RuntimeInformation.OSArchitecture.ToString().ToUpperInvariant();

    /// <summary>Where actions of repositories come from, or <c>null</c>: there are none, and a step that uses one says so.</summary>
    public IActionSource? Actions { get; init; }

    /// <summary>Has the checkout of a local run, or <c>null</c>: nobody sends it.</summary>
    public IWorkspaceSource? Workspace { get; init; }

    /// <summary>Runs containers beside the job, or <c>null</c>: it cannot be done, and a step that needs it says so.</summary>
    public IContainerRunner? Containers { get; init; }

    /// <summary>Says when the job's services are ready, or <c>null</c>: they were before this process started.</summary>
    public IServiceGate? Services { get; init; }

    /// <summary>Has the logs of the job's services, or <c>null</c>: they cannot be had.</summary>
    public IServiceLogs? ServiceLogs { get; init; }

    /// <summary>Where <c>/proc</c> and <c>/sys</c> are, which say of what the kernel killed. Default <c>/</c>.</summary>
    public string SystemRoot { get; init; } = "/";

    /// <summary>
    /// Whether this process has no children but steps. Then it adopts the orphans of steps, so that they are found when a step is killed, and clears
    /// them away when they end. Default false: in a test, other children's exit codes would be lost.
    /// </summary>
    public bool HasOnlyStepsAsChildren { get; init; }
}
