using Runner.Jobs.Errors;

namespace Runner.Execution.Hosting;

/// <summary>Where a job's workspace comes from that is filled before its first step: the launcher of a local run, which has the checkout.</summary>
public interface IWorkspaceSource
{
    /// <summary>Writes the checkout to a new file: a gzipped tar of its files, paths relative to its root.</summary>
    /// <returns>Whether it came; false: the job runs in the checkout itself, and there is nothing to unpack.</returns>
    /// <exception cref="WorkflowException">There is none, or it may not be read.</exception>
    /// <exception cref="InfrastructureException">It could not be read.</exception>
    Task<bool> FetchAsync(string file, CancellationToken cancellationToken);
}
