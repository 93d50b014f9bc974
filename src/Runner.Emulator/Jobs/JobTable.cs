using Runner.Emulator.Runners;
using Runner.Jobs;

namespace Runner.Emulator.Jobs;

/// <summary>
/// The jobs with the ways to find them: by id, by offer, by runner, by their place in the queue. All follows from the states that are
/// stored. Not thread-safe: <see cref="JobBoard"/> guards it.
/// </summary>
internal sealed class JobTable(RunnerGroups groups)
{
    private readonly Dictionary<JobId, JobState> _jobs = [];
    private readonly LinkedList<JobId> _queue = new();
    private readonly Dictionary<int, JobId> _byRunner = [];
    private readonly Dictionary<string, JobId> _byRequest = new(StringComparer.Ordinal);
    private readonly HashSet<int> _closed = [];

    public JobState? Find(JobId id) => _jobs.GetValueOrDefault(id);

    /// <summary>The job that was last offered under a request id.</summary>
    public JobState? FindRequest(string? request) =>
        request is not null && _byRequest.TryGetValue(request, out var id) ? _jobs[id] : null;

    /// <summary>The job that a runner has or is offered.</summary>
    public JobState? OfRunner(int runner) => _byRunner.TryGetValue(runner, out var id) ? _jobs[id] : null;

    /// <summary>The job where it runs under that plan.</summary>
    public JobState? Running(PlanId plan, JobId id) =>
        Find(id) is { Phase: JobPhase.Running } job && job.Plan == plan ? job : null;

    /// <summary>The first job in the queue that a runner can take.</summary>
    public JobState? FirstFor(RunnerRecord runner)
    {
        foreach (var id in _queue)
        {
            if (CanTake(runner, _jobs[id]))
            {
                return _jobs[id];
            }
        }

        return null;
    }

    /// <summary>Whether a runner is free, still takes jobs, and is one for that job.</summary>
    public bool CanTake(RunnerRecord runner, JobState job) =>
        !_byRunner.ContainsKey(runner.Id) && !_closed.Contains(runner.Id)
        && runner.ScaleSet == job.ScaleSet && (job.ScaleSet is not null || groups.Serves(runner, job.Demand));

    /// <summary>The jobs that nobody has yet, the first in the queue first.</summary>
    public IEnumerable<JobState> Queued => _queue.Select(id => _jobs[id]);

    /// <summary>The jobs of a scale set that have not ended.</summary>
    public IEnumerable<JobState> OfScaleSet(int set) => _jobs.Values.Where(job => job.ScaleSet == set && job.Phase != JobPhase.Completed);

    /// <summary>A runner takes no further job: it was removed, or is ephemeral and has run one.</summary>
    public void Close(int runner) => _closed.Add(runner);

    /// <summary>Forgets a job that has ended.</summary>
    public void Remove(JobId id)
    {
        if (_jobs.Remove(id, out var job))
        {
            _byRequest.Remove(job.RequestId ?? string.Empty);
        }
    }

    /// <summary>Stores the next state of a job. A new one goes to the end of the queue, one that comes back to its front.</summary>
    public void Store(JobState job)
    {
        var old = _jobs.GetValueOrDefault(job.Id);
        _jobs[job.Id] = job;
        if (old?.Phase == JobPhase.Queued && job.Phase != JobPhase.Queued)
        {
            _queue.Remove(job.Id);
        }

        if (job.Phase == JobPhase.Queued && old?.Phase != JobPhase.Queued)
        {
            _ = old is null ? _queue.AddLast(job.Id) : _queue.AddFirst(job.Id);
        }

        if (old?.Holder is { } left)
        {
            _byRunner.Remove(left);
        }

        if (job.Holder is { } holder)
        {
            _byRunner[holder] = job.Id;
        }

        _byRequest.Remove(old?.RequestId ?? string.Empty);
        if (job.RequestId is { } request)
        {
            _byRequest[request] = job.Id;
        }
    }
}
