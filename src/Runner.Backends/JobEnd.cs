using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;

namespace Runner.Backends;

/// <summary>How a launched job ended, as the backend saw it.</summary>
public sealed record JobEnd
{
    /// <summary>What the worker left, or <c>null</c>: it never started or died.</summary>
    public WorkerOutcome? Outcome { get; init; }

    /// <summary>The end of the job's log, which its worker had not sent when it ended; <c>null</c>: it left none.</summary>
    public UnsentLog? Unsent { get; init; }

    /// <summary>
    /// What happened to the place the job ran in; <see cref="FailureReason.None"/> where the worker left an outcome and nobody told it to end.
    /// </summary>
    public FailureReason Failure { get; init; }

    /// <summary>The failure in words for the workflow's author, with the numbers, or <c>null</c>.</summary>
    public string? Message { get; init; }

    /// <summary>Whether the worker's process ever ran. If it did not, the job may be launched again.</summary>
    public bool WorkerStarted { get; init; }

    /// <summary>
    /// Whether the worker did not start for a reason that lies with the place and not with what this job asks for, so that another job would
    /// not have started either: no engine, no room, no worker.
    /// </summary>
    public bool IsPlaceAtFault { get; init; }

    /// <summary>What the job's container asked for and might have, or <c>null</c>: the backend does not say.</summary>
    public PlaceResources? Resources { get; init; }

    /// <summary>When the job passed each stage.</summary>
    public LaunchTimes Times { get; init; } = new();
}

/// <summary>Why a job's place was lost. A metric label: few and fixed.</summary>
public enum FailureReason
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>An image could not be pulled.</summary>
    ImagePull,

    /// <summary>No node took the pod within the deadline.</summary>
    Unschedulable,

    /// <summary>The pod was refused: quota, admission, an invalid spec.</summary>
    Rejected,

    /// <summary>A container could not be created or the set-up failed.</summary>
    ContainerStart,

    /// <summary>A service ended or did not become healthy before the first step.</summary>
    ServiceUnhealthy,

    /// <summary>The kernel killed a container for its memory.</summary>
    OutOfMemory,

    /// <summary>The node evicted the pod.</summary>
    Evicted,

    /// <summary>The scheduler took the node's room for a pod of higher priority.</summary>
    Preempted,

    /// <summary>The place had a limit of time of its own, and it was reached.</summary>
    TimedOut,

    /// <summary>Somebody deleted the pod, or told the container or process to end.</summary>
    Deleted,

    /// <summary>The node is gone.</summary>
    NodeLost,

    /// <summary>The worker's process ended without an outcome.</summary>
    WorkerDied,
}
