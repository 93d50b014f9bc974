using System.Collections.Immutable;
using System.Text.Json;
using Runner.Emulator.Jobs;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Planning;
using Runner.Workflows.Planning.Concurrency;

namespace Runner.Emulator.Runs;

/// <summary>The plan of a run as it goes, and which job of the board stands for which of the plan. Not thread-safe: <see cref="RunBoard"/> guards it.</summary>
/// <param name="state">How far the plan is.</param>
/// <param name="concurrency">The groups that it shares with the other runs of its repository.</param>
/// <param name="connection">What the server adds to job messages.</param>
/// <param name="origin">Where the run comes from.</param>
internal sealed class WorkflowRun(RunState state, ConcurrencyGroups concurrency, JobConnection connection, RunOrigin origin)
{
    private readonly Dictionary<PlannedJobId, JobId> _ids = [];
    private readonly Dictionary<JobId, PlannedJobId> _planned = [];
    private readonly Dictionary<PlannedJobId, ConcludedJob> _concluded = [];

    /// <summary>The jobs that were put on the board.</summary>
    public IReadOnlyCollection<JobId> OnBoard => _planned.Keys;

    public bool IsFinished => state.IsFinished;

    public Conclusion Conclusion => state.Conclusion;

    /// <summary>The runs that something changed for since the last call, as their plans: they are cancelled, or their turn has come.</summary>
    public IReadOnlyList<RunState> TakeConcerned() => concurrency.TakeConcerned();

    /// <summary>Whether this is the run of a plan's state.</summary>
    public bool Is(RunState other) => other == state;

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

    private RunSteps Follow(RunChanges changes, long run, PlanId planId)
    {
        foreach (var concluded in changes.Concluded)
        {
            _concluded[concluded.Id] = concluded;
        }

        return new RunSteps(
            [.. changes.Ready.Select(planned => ToState(planned, run, planId))],
            changes.Concluded,
            [.. changes.ToCancel.Select(job => _ids[job.Id])]);
    }

    private JobState ToState(PlannedJob planned, long run, PlanId planId)
    {
        var id = new JobId(Guid.NewGuid());
        _ids[planned.Id] = id;
        _planned[id] = planned.Id;
        var message = planned.ToJobMessage(new JobMessageContext
        {
            PlanId = planId,
            JobId = id,
            SystemConnection = connection.Endpoint(planId, id, planned.Id.ToString(), origin.For(planned)),
            GitHubToken = connection.NewGitHubToken(id),
            ResultsEndpoint = connection.Services,
            LaunchEndpoint = connection.Services,
            Variables = [.. JobConnection.Features],
        });
        return new JobState
        {
            Id = id,
            Plan = planId,
            RunId = run,
            Key = planned.Id.ToString(),
            Name = planned.DisplayName,
            Labels = planned.Labels,
            Timeout = planned.Timeout,
            CancelTimeout = planned.CancelTimeout,
            Message = JsonSerializer.SerializeToUtf8Bytes(message, JobsJson.Default.JobMessage),
        };
    }
}

/// <summary>What a run wants done.</summary>
/// <param name="Ready">Jobs to queue.</param>
/// <param name="Concluded">Jobs that ended without a runner.</param>
/// <param name="ToCancel">Jobs to cancel.</param>
internal sealed record RunSteps(ImmutableArray<JobState> Ready, ImmutableArray<ConcludedJob> Concluded, ImmutableArray<JobId> ToCancel)
{
    public static RunSteps None { get; } = new([], [], []);
}
