using Runner.GitHub.Registration;
using Runner.Jobs;

namespace Runner.Agent.Sources;

/// <summary>Says when a pool wants a runner.</summary>
internal interface IRunnerOrders
{
    /// <summary>Waits until another runner is wanted. Whoever gets the order disposes it.</summary>
    Task<IRunnerOrder> NextAsync(CancellationToken cancellationToken);
}

/// <summary>The wish for one runner, and how to register it. Disposing it says that nothing comes of it any more.</summary>
internal interface IRunnerOrder : IDisposable
{
    /// <summary>Whether the wish stands. It is asked before a registration, which is made last, when there is room.</summary>
    bool IsWanted { get; }

    /// <summary>Whether it stands for the next runner of the slot, too, which may then be registered ahead.</summary>
    bool IsStanding { get; }

    /// <summary>
    /// How long the order waits for room at most: behind it is a job that GitHub gives to somebody else after that. <c>null</c>: for ever, as no job is behind it.
    /// </summary>
    TimeSpan? Patience => null;

    /// <summary>Registers the runner.</summary>
    /// <exception cref="Jobs.Errors.OperatorException">GitHub refuses: credentials, rights, an unknown group or address.</exception>
    /// <exception cref="Protocol.Http.ProtocolException">The service of runners refuses.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">GitHub could not be reached, is at a loss, or limits the rate.</exception>
    Task<RunnerRegistration> RegisterAsync(CancellationToken cancellationToken);

    /// <summary>Whether GitHub knows the runner, and as one that has no job.</summary>
    /// <exception cref="Jobs.Errors.OperatorException">As above.</exception>
    /// <exception cref="Protocol.Http.ProtocolException">As above.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">As above.</exception>
    Task<bool> IsWaitingAsync(RunnerRegistration runner, CancellationToken cancellationToken);

    /// <summary>Removes the registration.</summary>
    /// <exception cref="Jobs.Errors.OperatorException">As above.</exception>
    /// <exception cref="Protocol.Http.ProtocolException">As above.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">As above.</exception>
    Task<RemovalResult> RemoveAsync(RunnerRegistration runner, CancellationToken cancellationToken);

    /// <summary>Whether a runner that has waited for so long may go, as no job is there for it.</summary>
    bool MayLeave(TimeSpan waited);

    /// <summary>Labels that a job asks for, where GitHub said so without being asked; else <c>null</c>. To be asked before <see cref="Took"/>.</summary>
    IReadOnlyList<string>? AskedBy(JobId job) => null;

    /// <summary>The runner has taken a job.</summary>
    void Took(JobId job);
}
