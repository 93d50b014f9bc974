using System.Collections.Concurrent;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Tests.Supervision;

/// <summary>A backend whose places do what a test says. It keeps the rule that a launch of the same job and attempt gives the same place.</summary>
internal sealed class ScriptedBackend : IJobBackend
{
    private readonly ConcurrentDictionary<int, ScriptedPlace> _places = new();
    private readonly ConcurrentQueue<Exception> _refusals = new();
    private readonly ConcurrentQueue<ScriptedPlace> _orphans = new();

    public string Name => "scripted";

    public int Launches { get; private set; }

    /// <summary>Launches that were given up.</summary>
    public ConcurrentQueue<JobLaunch> Forgotten { get; } = new();

    /// <summary>The next launch throws this.</summary>
    public void Refuse(Exception error) => _refusals.Enqueue(error);

    /// <summary>The next look for jobs of dead agents finds this.</summary>
    public void Orphan(ScriptedPlace place) => _orphans.Enqueue(place);

    /// <summary>The place of an attempt, before or after it was launched.</summary>
    public ScriptedPlace Place(int attempt) => _places.GetOrAdd(attempt, _ => new ScriptedPlace());

    /// <summary>The next job's places are new ones.</summary>
    public void Forget() => _places.Clear();

    /// <summary>Whether each job is looked after by another agent.</summary>
    public bool IsElsewhere { get; set; }

    public Task<bool> HasPlaceAsync(JobId job, CancellationToken cancellationToken) => Task.FromResult(IsElsewhere);

    /// <summary>Agents that live; <c>null</c>: it cannot tell.</summary>
    public IReadOnlyList<string>? Living { get; set; }

    public Task<IReadOnlyList<string>?> FindLivingAgentsAsync(CancellationToken cancellationToken) => Task.FromResult(Living);

    public Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        Launches++;
        if (_refusals.TryDequeue(out var error))
        {
            return Task.FromException<IJobHandle>(error);
        }

        var place = Place(launch.Attempt);
        place.Launch = launch;
        return Task.FromResult<IJobHandle>(place);
    }

    public Task ForgetAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        Forgotten.Enqueue(launch);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IJobHandle>>(_orphans.TryDequeue(out var orphan) ? [orphan] : []);
}

/// <summary>A place that does what a test says.</summary>
internal sealed class ScriptedPlace : IJobHandle
{
    private readonly TaskCompletionSource<LaunchTimes> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<JobEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TimeSpan> _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JobId JobId => Launch.JobId;

    public JobLaunch Launch { get; set; } = Launches.Of(Runner.Testing.Some.Job());

    public string Location => "place";

    public Task<LaunchTimes> Started => _started.Task;

    public Task<JobEnd> Ended => _ended.Task;

    public IAsyncEnumerable<WorkerEvent> Events => AsyncEnumerable.Empty<WorkerEvent>();

    /// <summary>Completes with the grace when the job is asked to end.</summary>
    public Task<TimeSpan> Cancelled => _cancelled.Task;

    public bool IsDisposed { get; private set; }

    public bool IsReleased { get; private set; }

    /// <summary>What is read as its log.</summary>
    public Stream? Log { get; set; }

    /// <summary>Why that cannot be read.</summary>
    public Exception? LogFailure { get; set; }

    public Task<Stream?> OpenLogAsync(bool follows, int last, CancellationToken cancellationToken) =>
        LogFailure is { } failure ? Task.FromException<Stream?>(failure) : Task.FromResult(Log);

    public void Start() => _started.TrySetResult(new LaunchTimes());

    public void End(JobEnd end)
    {
        _started.TrySetCanceled();
        _ended.TrySetResult(end);
    }

    /// <summary>Another agent adopts the job.</summary>
    public void Lose() => _ended.TrySetCanceled();

    public void End(Conclusion conclusion) =>
        End(new JobEnd { Outcome = new WorkerOutcome { Conclusion = conclusion, IsReported = true }, WorkerStarted = true });

    public Task CancelAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        _cancelled.TrySetResult(grace);
        return Task.CompletedTask;
    }

    public void Release() => IsReleased = true;

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return default;
    }
}

/// <summary>Launches of jobs.</summary>
internal static class Launches
{
    public static JobLaunch Of(Jobs.Messages.JobMessage job) => new()
    {
        Job = job,
        Runner = new RunnerIdentity { Name = "runner-1", Version = "2.336.0" },
        Pool = "test",
        MessageSeen = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
    };
}
