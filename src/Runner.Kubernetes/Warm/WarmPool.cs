using Runner.Backends;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Warm;

/// <summary>A pool that has pods waiting for its jobs.</summary>
/// <param name="Kind">Of its jobs that ask for nothing of their own: such a job's pod is what waits.</param>
/// <param name="Options">How many wait.</param>
public sealed record WarmPool(JobKind Kind, WarmOptions Options)
{
    /// <summary>Whether this agent takes jobs of the pool just now: pods wait where they can be used.</summary>
    public Func<bool> IsTaking { get; init; } = () => true;
}
