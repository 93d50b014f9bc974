using Runner.Jobs.Link;

namespace Runner.Backends;

/// <summary>
/// Where one job runs, and what can be done to it there. When each is done, and that it is done once, is <see cref="JobLifetime"/>'s to see to.
/// </summary>
public interface IJobSite : IAsyncDisposable
{
    /// <summary>Pod name, process id or container id: for people.</summary>
    string Location { get; }

    /// <summary>What <see cref="IJobHandle.Events"/> gives.</summary>
    IAsyncEnumerable<WorkerEvent> Events { get; }

    /// <summary>Makes what is not made yet, tells <paramref name="life"/> when the worker runs, and gives how the job ended.</summary>
    /// <param name="life">The job's life; it may be told of the start right away.</param>
    /// <param name="cancellationToken">Nobody here holds the job any more. Nothing of it is stopped for that.</param>
    Task<JobEnd> RunAsync(JobLifetime life, CancellationToken cancellationToken);

    /// <summary>Asks the worker to cancel its job. Gives whether it heard for sure: until then it is asked again, in the same words.</summary>
    /// <param name="grace">How long it has from the first time.</param>
    /// <param name="earlierTries">How often it was asked before.</param>
    /// <param name="cancellationToken">The job is over, or nobody here holds it any more; of the first try: its caller gave up.</param>
    /// <exception cref="Jobs.Errors.InfrastructureException">It could not be asked.</exception>
    Task<bool> AskToCancelAsync(TimeSpan grace, int earlierTries, CancellationToken cancellationToken);

    /// <summary>Ends what still runs at once. Repeated until the job is over.</summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">That could not be done.</exception>
    Task KillAsync(CancellationToken cancellationToken);

    /// <summary>Removes all that was made for the job, and ends it first where it runs.</summary>
    /// <param name="life">The job's life, which may be over.</param>
    /// <param name="cancellationToken">Stops trying.</param>
    /// <exception cref="Jobs.Errors.InfrastructureException">That could not be done.</exception>
    Task RemoveAsync(JobLifetime life, CancellationToken cancellationToken);

    /// <summary>Another agent goes on with the job: from here nothing is told to its worker any more.</summary>
    void LetGo();

    /// <summary>What <see cref="IJobHandle.OpenLogAsync"/> does.</summary>
    Task<Stream?> OpenLogAsync(bool follows, int last, CancellationToken cancellationToken) => Task.FromResult<Stream?>(null);

    /// <summary>What <see cref="IJobHandle.KeepAsync"/> does.</summary>
    Task<string?> KeepAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
