using System.ComponentModel.DataAnnotations;

namespace Runner.Agent.Configuration;

/// <summary>Section <c>monitoring.usage</c>: what jobs use of processors and memory.</summary>
public sealed record UsageOptions
{
    private const int MostJobNames = 1000;

    /// <summary>
    /// Whether workers measure it. It stands in the log of each job and in metrics, and <c>runner advise</c> says which requests would have done. On the backend
    /// <c>host</c>, where a job has no bounds of its own, nothing is measured. Default false.
    /// </summary>
    public bool Enabled { get; set; }

    /// <summary>Whether a table of the steps is added to the summary of each job, where it is measured. Default true.</summary>
    public bool Summary { get; set; } = true;

    /// <summary>Whether there are metrics by repository, workflow and name of the job, besides those of pools. Default false.</summary>
    public bool JobNames { get; set; }

    /// <summary>Most jobs by name that metrics have series of; those that come after them count as <c>other</c>. Default 100.</summary>
    [Range(1, MostJobNames)]
    public int MaxJobNames { get; set; } = 100;

    /// <summary>What is wrong, each with the setting's path.</summary>
    internal IEnumerable<(string Path, string Problem)> Validate()
    {
        if (MaxJobNames is < 1 or > MostJobNames)
        {
            yield return ("monitoring.usage.maxJobNames", $"is {MaxJobNames}, expected 1 to {MostJobNames}");
        }
    }
}
