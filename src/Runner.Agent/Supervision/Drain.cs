using Runner.Agent.Configuration;

namespace Runner.Agent.Supervision;

/// <summary>How long a stopping agent waits for its jobs.</summary>
internal static class Drain
{
    // Pods go on without an agent and the next one adopts them at once. Processes go on too, but nobody could report for one that dies.
    private static readonly TimeSpan OnHost = TimeSpan.FromMinutes(10);

    public static TimeSpan Timeout(AgentOptions options) =>
        options.Agent.DrainTimeout ?? (options.BackendInUse == BackendKind.Kubernetes ? TimeSpan.Zero : OnHost);
}
