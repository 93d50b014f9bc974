namespace Runner.Kubernetes.Status;

/// <summary>Whether the services of a job are ready.</summary>
internal abstract record ServiceReadiness
{
    private ServiceReadiness()
    {
    }

    /// <summary>Not all are yet.</summary>
    /// <param name="JudgeAgainAt">When that may change without news of the pod, or <c>null</c>.</param>
    /// <param name="IsStartFailing">Whether one cannot be started; it is tried again until the grace is over.</param>
    public sealed record Waiting(DateTimeOffset? JudgeAgainAt, bool IsStartFailing = false) : ServiceReadiness;

    /// <summary>All are.</summary>
    public sealed record Ready : ServiceReadiness;

    /// <summary>One never will be.</summary>
    /// <param name="Container">Its container.</param>
    /// <param name="Message">Why, in words.</param>
    public sealed record Failed(string Container, string Message) : ServiceReadiness;
}
