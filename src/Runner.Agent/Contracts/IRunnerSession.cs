using Runner.GitHub.Registration;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;
using Runner.Protocol.Broker;

namespace Runner.Agent.Contracts;

/// <summary>Opens sessions of registered runners with GitHub's broker.</summary>
internal interface IRunnerSessions
{
    /// <summary>Opens the session of a fresh registration.</summary>
    /// <exception cref="Protocol.Http.ProtocolException">The broker refuses it.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">The broker could not be reached or is at a loss.</exception>
    Task<IRunnerSession> OpenAsync(RunnerRegistration registration, CancellationToken cancellationToken);

    /// <summary>
    /// The session of a fresh registration, to be opened later by <see cref="IRunnerSession.ReopenAsync"/>: its token is asked for now. Where that cannot be
    /// had yet, opening asks again. <c>null</c> where there can be no session, of which <see cref="OpenAsync"/> tells. Never faults.
    /// </summary>
    Task<IRunnerSession?> PrepareAsync(RunnerRegistration registration, CancellationToken cancellationToken);

    /// <summary>The session of a registration whose agent is gone, as far as it is good for acquiring the job that was offered to it.</summary>
    /// <param name="encodedJitConfig">The registration's JIT configuration.</param>
    IRunnerSession Resume(Secret encodedJitConfig);
}

/// <summary>
/// One ephemeral runner's talk with GitHub: it waits for its one job (<c>sessions-and-messages.md</c>). Its errors are those of the
/// protocol's clients; polls and sessions are not retried in here.
/// </summary>
internal interface IRunnerSession : IDisposable
{
    /// <summary>Name of the runner.</summary>
    string RunnerName { get; }

    /// <summary>The next message, or <c>null</c> where none came within the broker's time.</summary>
    Task<IncomingMessage?> NextAsync(RunnerStatus status, CancellationToken cancellationToken);

    /// <summary>Opens the session: one that was prepared, or anew one that expired.</summary>
    Task ReopenAsync(CancellationToken cancellationToken);

    /// <summary>Tells the broker that the offer was seen, where it wants to know (section 6).</summary>
    /// <exception cref="Protocol.Http.ProtocolException">The broker does not know the offer any more.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">The broker could not be told.</exception>
    Task AcknowledgeAsync(RunnerJobRequest offer, CancellationToken cancellationToken);

    /// <summary>Takes the job.</summary>
    /// <exception cref="UnreadableJobException">It was taken, and cannot be run as it is.</exception>
    Task<AcquiredJob> AcquireAsync(RunnerJobRequest offer, CancellationToken cancellationToken);

    /// <summary>Whether the session of a runner whose job is over needs no end: GitHub takes it away with the runner's registration.</summary>
    bool EndsWithItsJob { get; }

    /// <summary>Ends the session.</summary>
    Task CloseAsync(CancellationToken cancellationToken);
}

/// <summary>A job that this agent has taken.</summary>
/// <param name="Message">The job.</param>
/// <param name="Service">By which GitHub is told of it.</param>
internal sealed record AcquiredJob(JobMessage Message, IJobService Service);

/// <summary>A job that was taken cannot be run because its message cannot be read. It has to be failed with the reason.</summary>
internal sealed class UnreadableJobException(string message, IJobService? service) : Exception(message)
{
    /// <summary>By which it can be failed, or <c>null</c>: the message does not even say which job it is.</summary>
    public IJobService? Service => service;
}
