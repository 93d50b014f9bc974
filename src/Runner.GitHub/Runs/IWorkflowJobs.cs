namespace Runner.GitHub.Runs;

/// <summary>What GitHub's REST service says of a job that the job's own message does not. Retries nothing: its callers do without.</summary>
public interface IWorkflowJobs
{
    /// <summary>The labels that a job asks for by <c>runs-on</c>.</summary>
    /// <param name="repository">Its repository, <c>owner/name</c>.</param>
    /// <param name="number">Its number: <c>job.check_run_id</c>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Jobs.Errors.OperatorException">GitHub does not show it: the credentials lack the right to read Actions.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">GitHub could not be reached, is at a loss, or limits the rate.</exception>
    Task<IReadOnlyList<string>> FindLabelsAsync(string repository, long number, CancellationToken cancellationToken);
}
