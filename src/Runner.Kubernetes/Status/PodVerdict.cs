using Runner.Backends;
using Runner.Jobs.Launch;

namespace Runner.Kubernetes.Status;

/// <summary>What a pod's state means for its job.</summary>
internal abstract record PodVerdict
{
    private PodVerdict()
    {
    }

    /// <summary>The worker does not run yet.</summary>
    /// <param name="JudgeAgainAt">When the verdict may change without news of the pod.</param>
    /// <param name="IsStartFailing">Whether a container cannot be started; it is tried again until the grace is over.</param>
    public sealed record Waiting(DateTimeOffset? JudgeAgainAt, bool IsStartFailing) : PodVerdict;

    /// <summary>The worker runs.</summary>
    /// <param name="Times">When it passed the stages before.</param>
    /// <param name="JudgeAgainAt">When the verdict may change without news of the pod, or <c>null</c>.</param>
    public sealed record Running(LaunchTimes Times, DateTimeOffset? JudgeAgainAt) : PodVerdict
    {
        /// <summary>Whether the services that it waits for are ready; <c>null</c>: it waits for none.</summary>
        public ServiceReadiness? Services { get; init; }
    }

    /// <summary>The job is over here.</summary>
    public sealed record Over(JobEnd End) : PodVerdict;
}
