using Runner.Jobs.Messages;

namespace Runner.Protocol.Tenant;

/// <summary>What plans of a version can (<c>job-message.md</c> section 3). Pure.</summary>
public static class PlanFeatures
{
    private const int EventVersion = 8;

    /// <summary>Whether a job ends by an event of its plan; else its request is finished.</summary>
    public static bool EndsByEvent(PlanReference plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Version >= EventVersion;
    }
}
