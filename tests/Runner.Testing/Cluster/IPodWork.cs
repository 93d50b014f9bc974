namespace Runner.Testing.Cluster;

/// <summary>What the job's container of a pod does.</summary>
internal interface IPodWork
{
    /// <summary>Does it; gives the exit code and the termination message.</summary>
    /// <param name="payload">What the set-up container took from the pod's Secret.</param>
    /// <param name="stopping">Fires as SIGTERM does.</param>
    Task<(int Code, string? Message)> RunAsync(ReadOnlyMemory<byte> payload, CancellationToken stopping);
}
