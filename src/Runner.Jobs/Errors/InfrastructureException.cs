namespace Runner.Jobs.Errors;

/// <summary>
/// What lies outside the workflow failed: the network, GitHub, the cluster, the machine. One layer retries it; when that gives up,
/// the job fails and says that it was not the workflow.
/// </summary>
public sealed class InfrastructureException : Exception
{
    /// <summary>A failure without an underlying error.</summary>
    public InfrastructureException(string message)
        : base(message)
    {
    }

    /// <summary>A failure with the transport's own error inside.</summary>
    public InfrastructureException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>HTTP status of the answer, or <c>null</c> where none came.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The other side's own word for the failure, by which its programs tell one from another of the same status, or <c>null</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether nothing is wrong but that there is no room just now, which passes when others go.</summary>
    public bool IsLackOfRoom { get; init; }

    /// <summary>How long the other side asked to wait before the next try (<c>Retry-After</c>), or <c>null</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
