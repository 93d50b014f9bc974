using System.ComponentModel.DataAnnotations;

namespace Runner.Agent.Configuration;

/// <summary>Setting <c>rerun</c> of a pool: which jobs are run again by themselves, as the cluster took their place away.</summary>
public sealed record RerunOptions
{
    /// <summary>
    /// What must have ended a job's worker after its start: <c>evicted</c>, <c>preempted</c>, <c>nodeLost</c>, <c>oom</c> (the job's memory),
    /// <c>deleted</c> or <c>workerDied</c>. Default: the first three.
    /// </summary>
    public IList<RerunCause> On { get; set; } = [RerunCause.Evicted, RerunCause.Preempted, RerunCause.NodeLost];

    /// <summary>Most re-runs of one workflow run; those that people ask for count. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int Budget { get; set; } = 1;

    /// <summary>By how much the memory of a job grows with each re-run after <c>oom</c>. Default 1.5.</summary>
    public double MemoryFactor { get; set; } = 1.5;

    /// <summary>Most memory that a job gets so, such as <c>16Gi</c>. Default: no bound.</summary>
    public string? MemoryBound { get; set; }
}

/// <summary>What can take a job's place away.</summary>
public enum RerunCause
{
    /// <summary>Its pod was evicted: the node ran out of something, was drained or shut down.</summary>
    Evicted,

    /// <summary>Its pod had to make room for one of higher priority.</summary>
    Preempted,

    /// <summary>Its node is gone.</summary>
    NodeLost,

    /// <summary>It used more memory than it may.</summary>
    Oom,

    /// <summary>Its pod was deleted. A cluster before Kubernetes 1.26 tells no more of a drain.</summary>
    Deleted,

    /// <summary>Its worker was killed, and nothing says why.</summary>
    WorkerDied,
}
