namespace Runner.GitHub.Runs;

/// <summary>The jobs of a repository that wait for a runner, and those that have one, over GitHub's REST service. Retries nothing.</summary>
public interface IQueuedJobs
{
    /// <summary>All that are not over.</summary>
    /// <param name="repository">As <c>owner/name</c>.</param>
    /// <param name="called">Is told of each call before it is made: what fails has cost calls, too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Jobs.Errors.OperatorException">The credentials may not look.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">GitHub could not be reached, is at a loss, or limits the rate.</exception>
    Task<QueuedJobList> ListAsync(string repository, Action called, CancellationToken cancellationToken);
}

/// <summary>Jobs that are not over.</summary>
/// <param name="Labels">What each that waits asks for by <c>runs-on</c>.</param>
/// <param name="Runners">The runner of each that has one.</param>
public sealed record QueuedJobList(IReadOnlyList<IReadOnlyList<string>> Labels, IReadOnlyList<string> Runners);
