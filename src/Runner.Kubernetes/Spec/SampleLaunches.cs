using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;

namespace Runner.Kubernetes.Spec;

/// <summary>Launches of jobs that nobody has asked for: to see, or to have ready, what pods of a pool look like. Pure.</summary>
internal static class SampleLaunches
{
    // Whatever an action may turn out to be, the pod has what it needs.
    private static readonly JobStep AnyAction = new() { Type = StepType.Action, Reference = new ActionReference { Type = ReferenceType.Repository, Name = "any/action" } };

    /// <summary>A job of a pool that asks for nothing of its own.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="hasActions">Whether its pod has what actions need.</param>
    public static JobLaunch Of(string pool, bool hasActions) => new()
    {
        Job = new JobMessage
        {
            JobId = new JobId(Guid.NewGuid()),
            Plan = new PlanReference { PlanId = default },
            JobDisplayName = "sample",
            Steps = hasActions ? [AnyAction] : [],
        },
        Runner = new RunnerIdentity { Name = "sample", Version = "0" },
        Pool = pool,
        MessageSeen = DateTimeOffset.UnixEpoch,
    };
}
