using System.Collections.Immutable;
using System.Text.Json;
using Runner.Emulator.Jobs;
using Runner.Emulator.Tokens;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Messages;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;
using Runner.Workflows.Runs.Concurrency;

namespace Runner.Emulator.Runs;

/// <summary>The plan of a run as it goes, and which job of the board stands for which of the plan. Not thread-safe: <see cref="RunBoard"/> guards it.</summary>
/// <param name="state">How far the plan is.</param>
/// <param name="concurrency">The groups that it shares with the other runs of its repository.</param>
/// <param name="connection">What the server adds to job messages.</param>
/// <param name="origin">Where the run comes from.</param>
/// <param name="kept">Results of an earlier attempt that stand; a job among them is not run again.</param>
internal sealed class WorkflowRun(
    RunState state, ConcurrencyGroups concurrency, JobConnection connection, RunOrigin origin, IReadOnlyDictionary<PlannedJobId, KeptResult>? kept = null)
{
    private readonly Dictionary<PlannedJobId, JobId> _ids = [];
    private readonly Dictionary<JobId, PlannedJobId> _planned = [];
    private readonly Dictionary<PlannedJobId, ConcludedJob> _concluded = [];

    /// <summary>The jobs that were put on the board.</summary>
    public IReadOnlyCollection<JobId> OnBoard => _planned.Keys;

    public bool IsFinished => state.IsFinished;

    public Conclusion Conclusion => state.Conclusion;

    /// <summary>The runs that something changed for since the last call, as their plans: they are cancelled, or their turn has come.</summary>
    public IReadOnlyList<IConcurrentRun> TakeConcerned() => concurrency.TakeConcerned();

    /// <summary>Whether this is the run of a plan's state.</summary>
    public bool Is(IConcurrentRun other) => other == state;

    /// <summary>What follows from a change of another run.</summary>
    public RunSteps Continue(long run, PlanId planId) => Follow(state.Continue(), run, planId);

    /// <summary>What follows from the start of the run.</summary>
    public RunSteps Start(long run, PlanId planId) => Follow(state.Start(), run, planId);

    /// <summary>What follows from the end of a job.</summary>
    public RunSteps Complete(JobState job) => Follow(
        state.Complete(
            _planned[job.Id],
            job.Conclusion ?? Conclusion.Failed,
            job.Outputs.Where(output => !output.Value.IsSecret).Select(output => KeyValuePair.Create(output.Key, output.Value.Value))),
        job.RunId,
        job.Plan);

    /// <summary>What follows from a cancellation.</summary>
    public RunSteps Cancel(long run, PlanId planId) => Follow(state.Cancel(), run, planId);

    /// <summary>All jobs in the plan's order: on the board, waiting, or ended without having been there.</summary>
    public ImmutableArray<JobInfo> Jobs(Func<JobId, JobInfo?> onBoard) =>
    [
        .. state.Jobs().Select(view => _ids.TryGetValue(view.Id, out var id) && onBoard(id) is { } job
            ? job
            : new JobInfo
            {
                Key = view.Id.ToString(),
                Name = view.DisplayName,
                Status = view.Status == RunJobStatus.Ended ? JobStatus.Completed : JobStatus.Pending,
                Conclusion = view.Conclusion,
                Reason = _concluded.GetValueOrDefault(view.Id)?.Reason,
            }),
    ];

    /// <summary>The results of its jobs on the board, by which another attempt leaves them out.</summary>
    public IEnumerable<(PlannedJobId Planned, JobId Job)> Results => _ids.Select(pair => (pair.Key, pair.Value));

    private RunSteps Follow(RunChanges changes, long run, PlanId planId)
    {
        var ready = ImmutableArray.CreateBuilder<JobState>();
        var concluded = ImmutableArray.CreateBuilder<ConcludedJob>();
        var canceled = ImmutableArray.CreateBuilder<JobId>();
        var pending = new Queue<RunChanges>([changes]);
        while (pending.TryDequeue(out var next))
        {
            foreach (var ended in next.Concluded)
            {
                _concluded[ended.Id] = ended;
                concluded.Add(ended);
            }

            canceled.AddRange(next.ToCancel.Select(job => _ids[job.Id]));
            foreach (var planned in next.Ready)
            {
                if (kept?.GetValueOrDefault(planned.Id) is { } result)
                {
                    _ids[planned.Id] = result.Job;
                    pending.Enqueue(state.Complete(planned.Id, result.Conclusion, result.Outputs));
                }
                else
                {
                    ready.Add(ToState(planned, run, planId));
                }
            }
        }

        return new RunSteps(ready.ToImmutable(), concluded.ToImmutable(), canceled.ToImmutable());
    }

    private JobState ToState(PlannedJob planned, long run, PlanId planId)
    {
        var id = new JobId(Guid.NewGuid());
        _ids[planned.Id] = id;
        _planned[id] = planned.Id;
        var number = connection.NewNumber();
        var message = planned.ToJobMessage(new JobMessageContext
        {
            PlanId = planId,
            JobId = id,
            SystemConnection = connection.Endpoint(planId, id, OrchestrationId.Of(planId, planned.Id.JobKey, planned.Id.Index), origin.For(planned)),
            GitHubToken = connection.NewGitHubToken(id),
            ResultsEndpoint = connection.Services,
            LaunchEndpoint = connection.Services,
            CheckRunId = number,
            Variables = [.. FeatureSwitches.All],
        });
        return new JobState
        {
            Id = id,
            Plan = planId,
            RunId = run,
            Number = number,
            Key = planned.Id.ToString(),
            Name = planned.DisplayName,
            Labels = planned.Labels,
            Repository = origin.RoutedRepository,
            IsPublic = origin.IsPublic,
            RunnerGroup = planned.RunnerGroup,
            Annotations = planned.CacheWarning is { } warning ? [new Annotation { Level = AnnotationLevel.Warning, Message = warning }] : [],
            Timeout = planned.Timeout,
            CancelTimeout = planned.CancelTimeout,
            Message = JsonSerializer.SerializeToUtf8Bytes(message, JobMessageJson.Default.JobMessage),
        };
    }
}

/// <summary>A result that another attempt of the run takes over.</summary>
/// <param name="Job">The job that it is of.</param>
/// <param name="Conclusion">How that ended.</param>
/// <param name="Outputs">Its outputs, without secret ones.</param>
internal sealed record KeptResult(JobId Job, Conclusion Conclusion, ImmutableArray<KeyValuePair<string, string>> Outputs);

/// <summary>What a run wants done.</summary>
/// <param name="Ready">Jobs to queue.</param>
/// <param name="Concluded">Jobs that ended without a runner.</param>
/// <param name="ToCancel">Jobs to cancel.</param>
internal sealed record RunSteps(ImmutableArray<JobState> Ready, ImmutableArray<ConcludedJob> Concluded, ImmutableArray<JobId> ToCancel)
{
    public static RunSteps None { get; } = new([], [], []);
}
