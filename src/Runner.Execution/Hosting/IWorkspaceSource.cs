using Runner.Jobs.Errors;

namespace Runner.Execution.Hosting;

/// <summary>Where the files of a job's repository come from in a local run: the launcher, which has the checkout. They may be asked for again.</summary>
public interface IWorkspaceSource
{
    /// <summary>Writes the checkout to a new file: a gzipped tar of its files, paths relative to its root.</summary>
    /// <exception cref="WorkflowException">There is none, or it may not be read.</exception>
    /// <exception cref="InfrastructureException">It could not be read.</exception>
    Task FetchAsync(string file, CancellationToken cancellationToken);
}
