using Runner.Jobs;
using Runner.Jobs.Link;

namespace Runner.Backends;

/// <summary>Runs jobs somewhere: on this machine, in a container, in a pod. It knows nothing of GitHub.</summary>
public interface IJobBackend
{
    /// <summary><c>host</c>, <c>docker</c> or <c>kubernetes</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Starts a job's worker and returns once the backend has taken it. Launching a job twice gives the first one's handle.
    /// </summary>
    /// <exception cref="Jobs.Errors.WorkflowException">The job can never run here (contradicting labels, a bad image name).</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">The backend could not be reached or refused.</exception>
    Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken);

    /// <summary>How long a launch that fails may be tried again before its job is given up. Default 2 min.</summary>
    TimeSpan LaunchPatience => TimeSpan.FromMinutes(2);

    /// <summary>Removes what failed launches of a job left, if anything: it is given up.</summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">The backend could not be reached.</exception>
    Task ForgetAsync(JobLaunch launch, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Jobs whose launch an agent that is gone had begun, and that run nowhere: to be launched by whoever asks, whose they are from now on.
    /// </summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">The backend could not be reached.</exception>
    Task<IReadOnlyList<JobLaunch>> FindUnlaunchedAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<JobLaunch>>([]);

    /// <summary>Names of the agents that live and share jobs with this one, itself included, or <c>null</c>: this backend cannot tell.</summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">The backend could not be reached.</exception>
    Task<IReadOnlyList<string>?> FindLivingAgentsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>?>(null);

    /// <summary>Where agents that share jobs by this backend keep notes for each other, or <c>null</c>: on the machine, as they are on one.</summary>
    IAgentNotes? Notes => null;

    /// <summary>Where they keep the jobs that they have taken and not launched yet, or <c>null</c>: on the machine likewise.</summary>
    ITakenJobs? TakenJobs => null;

    /// <summary>
    /// Whether a job that an agent which is gone had taken has its place with another agent, or will be adopted in it. False where an agent's jobs are seen by
    /// its own successor alone.
    /// </summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">The backend could not be reached.</exception>
    Task<bool> HasPlaceAsync(JobId job, CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>How many more jobs of a kind there is room for, as was last seen; asked often, so it does not ask anybody.</summary>
    JobRoom RoomFor(JobKind kind) => JobRoom.Unlimited;

    /// <summary>Jobs of a pool that all agents together have here, as was last seen; <c>null</c>: this backend cannot tell, or has not looked yet.</summary>
    JobCount? CountJobs(string pool) => null;

    /// <summary>Places of a pool that wait for its jobs; <c>null</c>: it has no such places.</summary>
    WarmCount? CountWarm(string pool) => null;

    /// <summary>The backend's own loops, which must turn as long as it is used.</summary>
    IReadOnlyList<LoopPulse> Loops => [];

    /// <summary>
    /// Jobs that an earlier or another agent launched here and that nobody watches now. Empty where jobs end with their launcher.
    /// </summary>
    Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken);
}

/// <summary>A launched job. Disposing it removes what the backend made for it; a job that still runs is stopped.</summary>
public interface IJobHandle : IAsyncDisposable
{
    /// <summary>Which job.</summary>
    JobId JobId { get; }

    /// <summary>What was launched, or, of an adopted job, what could be read back.</summary>
    JobLaunch Launch { get; }

    /// <summary>Pod name, process id or container id: for people.</summary>
    string Location { get; }

    /// <summary>Completes when the worker's process runs, with the times known by then; cancelled if it never does.</summary>
    Task<Jobs.Launch.LaunchTimes> Started { get; }

    /// <summary>
    /// Completes when the job is over here. Never faults: what went wrong is in the value. Cancelled by <see cref="Release"/>.
    /// </summary>
    Task<JobEnd> Ended { get; }

    /// <summary>
    /// What the worker tells, in order and without repetitions, from its first event; ends with the job, and before <see cref="Ended"/> is
    /// judged by anybody it should be read to its end. Empty of a job that is reported to GitHub. It can be read once, by one reader, and
    /// must be: a worker whose launcher does not read waits with its next line. What of it could not be had is told in its place as a
    /// line of the job that says so, and then <see cref="JobEnd.Message"/> says it too.
    /// </summary>
    IAsyncEnumerable<WorkerEvent> Events { get; }

    /// <summary>
    /// Asks the worker to cancel the job as GitHub would; it then has <paramref name="grace"/> to end before it is killed.
    /// </summary>
    Task CancelAsync(TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>
    /// Lets go of what the worker alone needs, now that it runs: <see cref="Launch"/> is <see cref="JobLaunch.WithoutWork"/> from then on.
    /// </summary>
    void ForgetWork()
    {
    }

    /// <summary>Lets go of the job without stopping it, for a successor to adopt.</summary>
    void Release();

    /// <summary>
    /// Opens the log of a job that runs and is reported to GitHub, for somebody who watches, as its worker has masked it: the last part, by whole lines, and
    /// what comes until all of it is at GitHub. Empty where nothing was logged; <c>null</c>: nobody can read it here.
    /// </summary>
    /// <param name="follows">Whether what comes is wanted, too.</param>
    /// <param name="last">Bytes of the last part.</param>
    /// <param name="cancellationToken">Stops opening.</param>
    /// <exception cref="Jobs.Errors.InfrastructureException">The backend could not be reached.</exception>
    Task<Stream?> OpenLogAsync(bool follows, int last, CancellationToken cancellationToken) => Task.FromResult<Stream?>(null);

    /// <summary>
    /// Makes what an ended job ran in stay when the handle is disposed, under the name of <see cref="JobLaunch.KeepAs"/>. Gives how people look at
    /// it, as one line; <c>null</c>: there is nothing that can stay.
    /// </summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">The backend could not be reached.</exception>
    Task<string?> KeepAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
