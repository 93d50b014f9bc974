using Microsoft.Extensions.Logging;
using Runner.Agent.Board;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Journal;
using Runner.Agent.Monitoring;
using Runner.Agent.Network;
using Runner.Agent.Reruns;
using Runner.Agent.Services;
using Runner.Agent.Tracing;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Messages;

namespace Runner.Agent.Supervision;

/// <summary>Knows the jobs that this agent looks after.</summary>
internal sealed class JobSupervisor(
    IJobBackend backend,
    IJobServices services,
    LaunchBreakers breakers,
    RerunLedger reruns,
    SupervisionOptions options,
    AgentMetrics metrics,
    TimeProvider time,
    ILogger<JobSupervisor> logger,
    AgentNetwork? network = null,
    JobBoard? board = null,
    TraceTargets? traces = null,
    IJobJournal? journal = null,
    ServiceGrants? grants = null)
{
    private readonly Dictionary<JobId, JobRun> _runs = [];
    private bool _letsGo;
    private readonly JobRunContext _context = new(backend, breakers, reruns, options, network ?? AgentNetwork.None, metrics, time, logger)
    {
        Board = board ?? new JobBoard(new GitHubBoard(time), server: null, time),
        Traces = traces ?? TraceTargets.None,
        Journal = journal,
        Grants = grants ?? ServiceGrants.None,
    };

    /// <summary>How many jobs it looks after.</summary>
    public int Count
    {
        get
        {
            lock (_runs)
            {
                return _runs.Count;
            }
        }
    }

    /// <summary>Whether it looks after a job.</summary>
    public bool Has(JobId job)
    {
        lock (_runs)
        {
            return _runs.ContainsKey(job);
        }
    }

    /// <summary>GitHub counts a job as over (<see cref="JobRun.EndedAtGitHub"/>); one of another agent is none of ours.</summary>
    /// <param name="job">Which.</param>
    /// <param name="result">How it ended there.</param>
    public void EndedAtGitHub(JobId job, string? result)
    {
        lock (_runs)
        {
            if (_runs.TryGetValue(job, out var run))
            {
                logger.JobEndedAtGitHub(job.ToString(), result);
                run.EndedAtGitHub();
            }
        }
    }

    /// <summary>Starts a job that was taken. One that runs already, because its message came twice, is not started again.</summary>
    /// <param name="launch">The job.</param>
    /// <param name="service">By which GitHub is told of it.</param>
    /// <param name="kept">The job in the journal, or <c>null</c>.</param>
    public JobRun Start(JobLaunch launch, IJobService service, JournalEntry? kept) => Track(launch, service, adopted: null, kept, isOwn: true);

    /// <summary>Looks after a job of an agent that is gone.</summary>
    /// <param name="handle">Where it runs.</param>
    /// <param name="kept">The job in the journal, or <c>null</c>: nothing is known but what its place says.</param>
    public JobRun Adopt(IJobHandle handle, JournalEntry? kept)
    {
        var launch = kept?.Record.ToLaunch() is { } known ? known with { Attempt = handle.Launch.Attempt } : handle.Launch;
        return Track(launch, services.For(launch.Job), handle, kept, isOwn: false);
    }

    /// <summary>Starts a job that an agent which is gone had taken and not launched.</summary>
    public JobRun TakeUp(JobLaunch launch, JournalEntry? kept) => Track(launch, services.For(launch.Job), adopted: null, kept, isOwn: false);

    /// <summary>A job was taken that cannot be run: nothing is to be looked after, but it is shown.</summary>
    public void Refuse(JobMessage job, string pool, string runner, DateTimeOffset seen, JobVerdict verdict) =>
        _context.Board.Refused(job, pool, runner, seen, verdict);

    /// <summary>Opens the log of a job as <see cref="IJobHandle.OpenLogAsync"/> does; <c>null</c>: it does not run here, or cannot be read.</summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">The backend could not be reached.</exception>
    public Task<Stream?> OpenLogAsync(JobId job, bool follows, int last, CancellationToken cancellationToken)
    {
        JobRun? run;
        lock (_runs)
        {
            run = _runs.GetValueOrDefault(job);
        }

        return run?.Place?.OpenLogAsync(follows, last, cancellationToken) ?? Task.FromResult<Stream?>(null);
    }

    /// <summary>Waits for the jobs to end, and leaves those that take longer to a successor.</summary>
    /// <param name="timeout">How long is waited.</param>
    /// <param name="sources">Completes when no job can be started any more: until then a last one may be.</param>
    public async Task DrainAsync(TimeSpan timeout, Task sources)
    {
        logger.AgentDrains(Count, timeout.TotalSeconds);
        var ended = EndAsync(sources);
        await Task.WhenAny(ended, Task.Delay(timeout, time, CancellationToken.None));
        lock (_runs)
        {
            _letsGo = true;
        }

        foreach (var run in Snapshot())
        {
            run.Release();
        }

        await ended;
    }

    private async Task EndAsync(Task sources)
    {
        await sources;
        await Task.WhenAll(Snapshot().Select(run => run.Ended));
    }

    private List<JobRun> Snapshot()
    {
        lock (_runs)
        {
            return [.. _runs.Values];
        }
    }

    private JobRun Track(JobLaunch launch, IJobService? service, IJobHandle? adopted, JournalEntry? kept, bool isOwn)
    {
        lock (_runs)
        {
            if (!_runs.TryGetValue(launch.JobId, out var run))
            {
                _context.Board.Taken(launch, isAdopted: !isOwn);
                run = new JobRun(launch, service, adopted, kept, _context, Forget);
                _runs.Add(launch.JobId, run);
                if (isOwn)
                {
                    metrics.Taken(launch.Pool);
                }
                else
                {
                    metrics.Adopted(launch.Pool);
                }

                if (_letsGo)
                {
                    run.Release();
                }
            }
            else
            {
                kept?.Dispose(); // its message came twice
            }

            return run;
        }
    }

    private void Forget(JobRun run)
    {
        lock (_runs)
        {
            _runs.Remove(run.JobId);
        }
    }
}
