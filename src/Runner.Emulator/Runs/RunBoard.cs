using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Emulator.Events;
using Runner.Emulator.Jobs;
using Runner.Emulator.Options;
using Runner.Emulator.Results;
using Runner.Emulator.Runners;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;
using Runner.Workflows.Runs.Concurrency;

namespace Runner.Emulator.Runs;

/// <summary>What comes of the wish to run jobs again.</summary>
internal enum RerunAnswer
{
    /// <summary>They run.</summary>
    Started,

    /// <summary>There is no such run, or it is of one job without a workflow.</summary>
    Unknown,

    /// <summary>It has not ended.</summary>
    Running,

    /// <summary>It is older than a month.</summary>
    TooOld,

    /// <summary>None of its jobs failed.</summary>
    NothingToRetry,
}

/// <summary>The runs: it queues their jobs as their turn comes and says how they ended.</summary>
internal sealed class RunBoard : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(30);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Run> _runs = [];
    private readonly Queue<Run> _ended = new();
    private readonly Dictionary<string, ConcurrencyGroups> _concurrency = new(StringComparer.OrdinalIgnoreCase); // by repository
    private readonly EmulatorOptions _options;
    private readonly UploadUrls _uploads;
    private readonly JobBoard _jobs;
    private readonly JobConnection _connection;
    private readonly WorkflowPlanner _planner;
    private readonly RunnerRegistry _runners;
    private readonly RunnerGroups _groups;
    private readonly EventHub _events;
    private readonly TimeProvider _time;
    private long _lastId;

    public RunBoard(
        EmulatorOptions options,
        JobBoard jobs,
        JobConnection connection,
        WorkflowPlanner planner,
        RunnerRegistry runners,
        RunnerGroups groups,
        UploadUrls uploads,
        EventHub events,
        TimeProvider time)
    {
        _options = options;
        _uploads = uploads;
        _jobs = jobs;
        _connection = connection;
        _planner = planner;
        _runners = runners;
        _groups = groups;
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
        var plan = _planner.Plan(request, workflow, id, attempt: 1, _connection.NewGitHubToken(new JobId(Guid.NewGuid())));
        var run = new Run(id, plan.Name, request.Event, _time.GetUtcNow()) { Request = request, Source = workflow };
        run.Begin(NewAttempt(request, plan, kept: null), run.Plan);
        Add(run);
        Advance(run, workflow => workflow.Start(run.Id, run.Plan));
        return Info(run);
    }

    /// <summary>Runs the jobs of a run that has ended again, all or some; those that need them follow.</summary>
    /// <param name="id">The run.</param>
    /// <param name="isKept">Which results of the last attempt stand, by key and conclusion.</param>
    /// <exception cref="WorkflowException">It was changed so that it cannot run; it never is.</exception>
    public RerunAnswer Rerun(long id, Func<JobInfo, bool> isKept)
    {
        Run? run;
        lock (_gate)
        {
            if (!_runs.TryGetValue(id, out run) || run is not { Request: { } request, Source: { } source, Workflow: { } last })
            {
                return RerunAnswer.Unknown;
            }

            if (run.Ended is null)
            {
                return RerunAnswer.Running;
            }

            if (run.QueuedAt + MaxAge <= _time.GetUtcNow())
            {
                return RerunAnswer.TooOld;
            }

            var jobs = last.Results.Select(result => (result.Planned, Info: FindJob(result.Job), State: _jobs.Find(result.Job))).ToList();
            var again = jobs.Where(job => job.Info is null || !isKept(job.Info)).Select(job => job.Planned.JobKey).ToHashSet(StringComparer.Ordinal);
            if (again.Count == 0 && jobs.Count > 0 && run.Ended.Conclusion is Conclusion.Succeeded or Conclusion.SucceededWithIssues)
            {
                return RerunAnswer.NothingToRetry;
            }

            var kept = jobs.Where(job => job.State is { Conclusion: not null } && job.Info is not null && isKept(job.Info) && !NeedsAnyOf(source, job.Planned.JobKey, again))
                .ToDictionary(job => job.Planned, job => new KeptResult(
                    job.State!.Id,
                    job.State.Conclusion!.Value,
                    [.. job.State.Outputs.Where(output => !output.Value.IsSecret).Select(output => KeyValuePair.Create(output.Key, output.Value.Value))]));
            run.EarlierJobs.AddRange(jobs.Select(job => job.Info).OfType<JobInfo>().Where(info => kept.Values.All(result => result.Job != info.Id)));
            var plan = _planner.Plan(request, source, id, run.Attempt + 1, _connection.NewGitHubToken(new JobId(Guid.NewGuid())));
            run.Begin(NewAttempt(request, plan, kept), new PlanId(Guid.NewGuid()));
        }

        _events.Publish(new EmulatorEvent { Type = EmulatorEventType.RunQueued, RunId = run.Id, Name = run.Name });
        Advance(run, workflow => workflow.Start(run.Id, run.Plan));
        return RerunAnswer.Started;
    }

    // Of a called workflow the key begins with that of the job that calls it, and the names of its own jobs follow.
    private static bool NeedsAnyOf(Workflow source, string key, HashSet<string> again)
    {
        var own = key.Split('/')[0];
        var others = again.Select(other => other.Split('/')[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return (key.Contains('/', StringComparison.Ordinal) && others.Contains(own)) || Needs(source, own, others);
    }

    private static bool Needs(Workflow source, string key, HashSet<string> others) =>
        source.Jobs.FirstOrDefault(job => job.Id.Equals(key, StringComparison.OrdinalIgnoreCase)) is { } job
        && job.Needs.Any(need => others.Contains(need) || Needs(source, need, others));

    private WorkflowRun NewAttempt(WorkflowRequest request, RunPlan plan, IReadOnlyDictionary<PlannedJobId, KeptResult>? kept)
    {
        var concurrency = ConcurrencyOf(request.Repository);
        return new WorkflowRun(new RunState(plan, concurrency), concurrency, _connection, request.ToOrigin(), kept);
    }

    /// <summary>Queues a run of one job.</summary>
    public RunInfo Queue(RawJob raw)
    {
        var (job, number) = (new JobId(Guid.NewGuid()), _connection.NewNumber());
        var run = new Run(Interlocked.Increment(ref _lastId), raw.Name, null, _time.GetUtcNow()) { RawJob = job };
        Add(run);
        _jobs.Enqueue(new JobState
        {
            Id = job,
            Plan = run.Plan,
            RunId = run.Id,
            Number = number,
            Key = raw.Name,
            Name = raw.Name,
            Labels = raw.Labels,
            Message = Message(raw, run.Plan, job, number),
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
    public JobInfo? FindJob(JobId id) => _jobs.Find(id) is { } job ? JobInfos.Of(job, _runners.Any(runner => _groups.Serves(runner, job.Demand))) : null;

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

    /// <summary>Cancels a run at once, its <c>always()</c> jobs too, whatever its runners do. False where there is no such run or it has ended.</summary>
    public bool ForceCancel(long id)
    {
        if (!Cancel(id))
        {
            return false;
        }

        // What follows from an end may put further jobs on the board.
        while (Next() is { } job && _jobs.ForceCancel(job))
        {
        }

        return true;

        JobId? Next()
        {
            lock (_gate)
            {
                return _runs.GetValueOrDefault(id)?.OnBoard.Where(job => _jobs.Find(job) is { Phase: not JobPhase.Completed }).Cast<JobId?>().FirstOrDefault();
            }
        }
    }

    /// <summary>The run that a job of the REST API belongs to, with that job; <c>null</c> where there is none.</summary>
    public (RunInfo Run, JobInfo Job)? FindNumber(long number)
    {
        lock (_gate)
        {
            foreach (var run in _runs.Values)
            {
                if (run.OnBoard.Select(FindJob).FirstOrDefault(info => info?.Number == number) is { } job)
                {
                    return (Info(run), job);
                }
            }

            return null;
        }
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

    private byte[] Message(RawJob raw, PlanId plan, JobId job, long number) => raw.Message is { ValueKind: JsonValueKind.String } text
        ? Encoding.UTF8.GetBytes(text.GetString() ?? string.Empty)
        : new RawMessageCompleter(_connection).Complete(
            raw.Message is { ValueKind: JsonValueKind.Object } body ? JsonObject.Create(body) ?? [] : [], plan, job, number, raw.Name);

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
            _uploads.Forget(job);
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
                Attempt = run.Attempt,
                Repository = run.Request?.Repository,
                HeadBranch = run.Request?.Ref,
                HeadSha = run.Request?.Sha,
                EarlierJobs = [.. run.EarlierJobs],
                Event = run.Event,
                QueuedAt = run.QueuedAt,
                CompletedAt = run.Ended?.At,
                Conclusion = run.Ended?.Conclusion,
                Jobs = run.RawJob is { } raw && FindJob(raw) is { } job ? [job] : run.Workflow?.Jobs(FindJob) ?? [],
            };
        }
    }
}
