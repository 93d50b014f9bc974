using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Emulator.Events;
using Runner.Emulator.Jobs;
using Runner.Emulator.Runners;
using Runner.Jobs;

namespace Runner.Emulator.Runs;

/// <summary>The runs: it queues their jobs as their turn comes and says how they ended.</summary>
internal sealed class RunBoard : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Run> _runs = [];
    private readonly JobBoard _jobs;
    private readonly JobMessageCompleter _completer;
    private readonly RunnerRegistry _runners;
    private readonly EventHub _events;
    private readonly TimeProvider _time;
    private long _lastId;

    public RunBoard(JobBoard jobs, JobMessageCompleter completer, RunnerRegistry runners, EventHub events, TimeProvider time)
    {
        _jobs = jobs;
        _completer = completer;
        _runners = runners;
        _events = events;
        _time = time;
        _jobs.JobEnded += OnJobEnded;
    }

    /// <summary>Queues a run of one job.</summary>
    public RunInfo Queue(RawJob raw)
    {
        var run = Add(raw.Name, "emulator");
        var id = new JobId(Guid.NewGuid());
        var message = raw.Message switch
        {
            { ValueKind: JsonValueKind.String } text => Encoding.UTF8.GetBytes(text.GetString() ?? string.Empty),
            { ValueKind: JsonValueKind.Object } body => Complete(JsonObject.Create(body) ?? [], run, id, raw.Name),
            _ => Complete([], run, id, raw.Name),
        };
        Enqueue(run, new JobState
        {
            Id = id,
            Plan = run.Plan,
            RunId = run.Id,
            Key = raw.Name,
            Name = raw.Name,
            Labels = raw.Labels.IsDefault ? [] : raw.Labels,
            Message = message,
        });
        return Info(run);
    }

    /// <summary>The run, or <c>null</c>.</summary>
    public RunInfo? Find(long id)
    {
        Run? run;
        lock (_gate)
        {
            run = _runs.GetValueOrDefault(id);
        }

        return run is null ? null : Info(run);
    }

    /// <summary>All runs, the oldest first.</summary>
    public IReadOnlyList<RunInfo> List()
    {
        List<Run> runs;
        lock (_gate)
        {
            runs = [.. _runs.Values];
        }

        return [.. runs.Select(Info)];
    }

    /// <summary>A job, or <c>null</c>.</summary>
    public JobInfo? FindJob(JobId id) => _jobs.Find(id) is { } job ? Info(job) : null;

    /// <summary>Cancels all jobs of a run. False where there is no such run or it has ended.</summary>
    public bool Cancel(long id)
    {
        List<JobId> jobs;
        lock (_gate)
        {
            if (!_runs.TryGetValue(id, out var run) || run.Ended is not null)
            {
                return false;
            }

            jobs = [.. run.Jobs];
        }

        foreach (var job in jobs)
        {
            _jobs.Cancel(job);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _jobs.JobEnded -= OnJobEnded;

    private Run Add(string name, string? eventName)
    {
        lock (_gate)
        {
            var run = new Run(++_lastId, new PlanId(Guid.NewGuid()), name, eventName, _time.GetUtcNow());
            _runs.Add(run.Id, run);
            _events.Publish(new EmulatorEvent { Type = EmulatorEventType.RunQueued, RunId = run.Id, Name = name });
            return run;
        }
    }

    private byte[] Complete(JsonObject message, Run run, JobId id, string key) => _completer.Complete(message, run.Plan, id, key);

    private void Enqueue(Run run, JobState job)
    {
        lock (_gate)
        {
            run.Jobs.Add(job.Id);
        }

        _jobs.Enqueue(job);
    }

    private void OnJobEnded(JobState job)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue(job.RunId, out var run) || run.Ended is not null)
            {
                return;
            }

            var states = run.Jobs.Select(_jobs.Find).OfType<JobState>().ToList();
            if (states.Exists(state => state.Phase != JobPhase.Completed))
            {
                return;
            }

            run.Ended = new RunEnd(RunConclusion.Of(states.Select(state => state.Conclusion)), _time.GetUtcNow());
            _events.Publish(new EmulatorEvent
            {
                Type = EmulatorEventType.RunCompleted, RunId = run.Id, Name = run.Name, Conclusion = run.Ended.Conclusion,
            });
        }
    }

    private RunInfo Info(Run run)
    {
        lock (_gate)
        {
            return new RunInfo
            {
                Id = run.Id,
                Name = run.Name,
                Event = run.Event,
                QueuedAt = run.QueuedAt,
                CompletedAt = run.Ended?.At,
                Conclusion = run.Ended?.Conclusion,
                Jobs = [.. run.Jobs.Select(_jobs.Find).OfType<JobState>().Select(Info)],
            };
        }
    }

    private JobInfo Info(JobState job) => JobInfos.Of(job, _runners.AnyHas(job.Labels));

    private sealed class Run(long id, PlanId plan, string name, string? eventName, DateTimeOffset queuedAt)
    {
        public long Id { get; } = id;

        public PlanId Plan { get; } = plan;

        public string Name { get; } = name;

        public string? Event { get; } = eventName;

        public DateTimeOffset QueuedAt { get; } = queuedAt;

        public List<JobId> Jobs { get; } = [];

        public RunEnd? Ended { get; set; }
    }

    private sealed record RunEnd(Runner.Jobs.Outcomes.Conclusion Conclusion, DateTimeOffset At);
}
