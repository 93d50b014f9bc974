using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Emulator.Events;
using Runner.Emulator.Jobs;
using Runner.Emulator.Results;
using Runner.Emulator.Runners;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Services.Blobs;
using Runner.Workflows.Planning;
using Runner.Workflows.Model;
using Runner.Workflows.Planning.Concurrency;

namespace Runner.Emulator.Runs;

/// <summary>The runs: it queues their jobs as their turn comes and says how they ended.</summary>
internal sealed class RunBoard : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Run> _runs = [];
    private readonly Queue<Run> _ended = new();
    private readonly Dictionary<string, ConcurrencyGroups> _concurrency = new(StringComparer.OrdinalIgnoreCase); // by repository
    private readonly EmulatorOptions _options;
    private readonly BlobStore _blobs;
    private readonly JobBoard _jobs;
    private readonly JobConnection _connection;
    private readonly WorkflowPlanner _planner;
    private readonly RunnerRegistry _runners;
    private readonly EventHub _events;
    private readonly TimeProvider _time;
    private long _lastId;

    public RunBoard(
        EmulatorOptions options,
        JobBoard jobs,
        JobConnection connection,
        WorkflowPlanner planner,
        RunnerRegistry runners,
        BlobStore blobs,
        EventHub events,
        TimeProvider time)
    {
        _options = options;
        _blobs = blobs;
        _jobs = jobs;
        _connection = connection;
        _planner = planner;
        _runners = runners;
        _events = events;
        _time = time;
        _jobs.JobEnded += OnJobEnded;
    }

    /// <summary>Queues a run of a workflow and of those that it calls.</summary>
    /// <exception cref="WorkflowException">The workflow cannot run; the message holds all that is wrong, a line each.</exception>
    /// <exception cref="InfrastructureException">A repository that it calls a workflow of could not be read.</exception>
    public async Task<RunInfo> QueueAsync(WorkflowRequest request, CancellationToken cancellationToken) =>
        Queue(request, await _planner.ReadWithCallsAsync(request, cancellationToken));

    /// <summary>Queues a run of a workflow.</summary>
    /// <exception cref="WorkflowException">The workflow cannot run; the message holds all that is wrong, a line each.</exception>
    public RunInfo Queue(WorkflowRequest request, Workflow workflow)
    {
        var id = Interlocked.Increment(ref _lastId);
        var plan = _planner.Plan(request, workflow, id, _connection.NewGitHubToken(new JobId(Guid.NewGuid())));
        var concurrency = ConcurrencyOf(request.Repository);
        var run = new Run(id, plan.Name, request.Event, _time.GetUtcNow())
        {
            Workflow = new WorkflowRun(new RunState(plan, concurrency), concurrency, _connection, RunOrigin.Of(request)),
        };
        Add(run);
        Advance(run, workflow => workflow.Start(run.Id, run.Plan));
        return Info(run);
    }

    /// <summary>Queues a run of one job.</summary>
    public RunInfo Queue(RawJob raw)
    {
        var job = new JobId(Guid.NewGuid());
        var run = new Run(Interlocked.Increment(ref _lastId), raw.Name, null, _time.GetUtcNow()) { RawJob = job };
        Add(run);
        _jobs.Enqueue(new JobState
        {
            Id = job,
            Plan = run.Plan,
            RunId = run.Id,
            Key = raw.Name,
            Name = raw.Name,
            Labels = raw.Labels,
            Message = Message(raw, run.Plan, job),
        });
        return Info(run);
    }

    /// <summary>The run, or <c>null</c>.</summary>
    public RunInfo? Find(long id)
    {
        lock (_gate)
        {
            return _runs.TryGetValue(id, out var run) ? Info(run) : null;
        }
    }

    /// <summary>The plan of a run, or <c>null</c>.</summary>
    public PlanId? PlanOf(long id)
    {
        lock (_gate)
        {
            return _runs.GetValueOrDefault(id)?.Plan;
        }
    }

    /// <summary>All runs, the oldest first.</summary>
    public IReadOnlyList<RunInfo> List()
    {
        lock (_gate)
        {
            return [.. _runs.Values.Select(Info)];
        }
    }

    /// <summary>A job that has been queued, or <c>null</c>.</summary>
    public JobInfo? FindJob(JobId id) => _jobs.Find(id) is { } job ? JobInfos.Of(job, _runners.AnyHas(job.Labels)) : null;

    /// <summary>Cancels a run; jobs that want to run even then (<c>always()</c>) still do. False where there is no such run or it has ended.</summary>
    public bool Cancel(long id)
    {
        Run? run;
        lock (_gate)
        {
            if (!_runs.TryGetValue(id, out run) || run.Ended is not null)
            {
                return false;
            }
        }

        if (run.RawJob is { } job)
        {
            _jobs.Cancel(job);
        }

        Advance(run, workflow => workflow.Cancel(run.Id, run.Plan));
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _jobs.JobEnded -= OnJobEnded;

    private ConcurrencyGroups ConcurrencyOf(string repository)
    {
        lock (_gate)
        {
            if (!_concurrency.TryGetValue(repository, out var groups))
            {
                _concurrency[repository] = groups = new ConcurrencyGroups();
            }

            return groups;
        }
    }

    private void Add(Run run)
    {
        lock (_gate)
        {
            _runs.Add(run.Id, run);
        }

        _events.Publish(new EmulatorEvent { Type = EmulatorEventType.RunQueued, RunId = run.Id, Name = run.Name });
    }

    private byte[] Message(RawJob raw, PlanId plan, JobId job) => raw.Message is { ValueKind: JsonValueKind.String } text
        ? Encoding.UTF8.GetBytes(text.GetString() ?? string.Empty)
        : new RawMessageCompleter(_connection).Complete(
            raw.Message is { ValueKind: JsonValueKind.Object } body ? JsonObject.Create(body) ?? [] : [], plan, job, raw.Name);

    private void OnJobEnded(JobState job)
    {
        Run? run;
        lock (_gate)
        {
            run = _runs.GetValueOrDefault(job.RunId);
        }

        if (run?.RawJob == job.Id)
        {
            End(run, job.Conclusion ?? Conclusion.Failed);
        }
        else if (run is not null)
        {
            Advance(run, workflow => workflow.Complete(job));
        }
    }

    /// <summary>Brings a workflow's run on: one change at a time, and what follows from it without the lock, for it may change more.</summary>
    private void Advance(Run run, Func<WorkflowRun, RunSteps> change)
    {
        RunSteps steps;
        bool hasEnded;
        List<Run> concerned;
        lock (_gate)
        {
            if (run.Workflow is not { } workflow)
            {
                return;
            }

            steps = change(workflow);
            hasEnded = workflow.IsFinished;
            concerned = [.. workflow.TakeConcerned().Select(state => _runs.Values.First(other => other.Workflow?.Is(state) == true))];
        }

        foreach (var concluded in steps.Concluded)
        {
            _events.Publish(new EmulatorEvent
            {
                Type = EmulatorEventType.JobCompleted,
                RunId = run.Id,
                Name = concluded.DisplayName,
                Conclusion = concluded.Conclusion,
                Reason = concluded.Reason,
            });
        }

        foreach (var job in steps.ToCancel)
        {
            _jobs.Cancel(job);
        }

        foreach (var job in steps.Ready)
        {
            _jobs.Enqueue(job);
        }

        if (hasEnded && run.Workflow is { } finished)
        {
            End(run, finished.Conclusion);
        }

        foreach (var other in concerned)
        {
            Advance(other, workflow => workflow.Continue(other.Id, other.Plan));
        }
    }

    private void End(Run run, Conclusion conclusion)
    {
        lock (_gate)
        {
            if (run.Ended is not null)
            {
                return;
            }

            run.Ended = new RunEnd(conclusion, _time.GetUtcNow());
            _ended.Enqueue(run);
        }

        _events.Publish(new EmulatorEvent
        {
            Type = EmulatorEventType.RunCompleted, RunId = run.Id, Name = run.Name, Conclusion = conclusion,
        });
        ForgetOldest();
    }

    private void ForgetOldest()
    {
        Run? oldest;
        lock (_gate)
        {
            if (_ended.Count <= _options.KeptRuns || !_ended.TryDequeue(out oldest))
            {
                return;
            }

            _runs.Remove(oldest.Id);
        }

        foreach (var job in oldest.OnBoard)
        {
            _jobs.Forget(job);
            _blobs.DeleteAll(LogNames.Folder(job));
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
                Jobs = run.RawJob is { } raw && FindJob(raw) is { } job ? [job] : run.Workflow?.Jobs(FindJob) ?? [],
            };
        }
    }
}
