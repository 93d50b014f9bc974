using System.ComponentModel.DataAnnotations;

namespace Runner.Kubernetes.Options;

/// <summary>Pods of a pool that wait for its jobs, set up and without a secret: a job that fits takes one and starts at once.</summary>
public sealed record WarmOptions
{
    /// <summary>How many wait at all times, of each agent. Default 0: only what jobs found missing.</summary>
    [Range(0, int.MaxValue)]
    public int Min { get; set; }

    /// <summary>How many may wait: each job that finds none raises their number by one. Default: <see cref="Min"/>.</summary>
    [Range(1, int.MaxValue)]
    public int? Max { get; set; }

    /// <summary>How long one waits that is more than <see cref="Min"/>. Default 10 min.</summary>
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The larger of both numbers.</summary>
    internal int Most => Math.Max(Min, Max ?? Min);
}
