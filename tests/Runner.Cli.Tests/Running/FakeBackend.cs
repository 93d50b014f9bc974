using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing.GitHub;

namespace Runner.Cli.Tests.Running;

/// <summary>A backend whose jobs end when a test says so. It keeps the rule that a cancelled job ends by itself, and a disposed one at once.</summary>
internal sealed class FakeBackend : IJobBackend
{
    private readonly ConcurrentDictionary<string, FakeJob> _jobs = [];

    public string Name => "fake";

    /// <summary>The job of a shown name, launched or not.</summary>
    public FakeJob Job(string displayName) => _jobs.GetOrAdd(displayName, _ => new FakeJob());

    public Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        StrictJobMessage.AssertReadable(JsonSerializer.SerializeToUtf8Bytes(launch.Job, JobMessageJson.Default.JobMessage), launch.Job.JobDisplayName, isFromService: false);
        var job = Job(launch.Job.JobDisplayName ?? string.Empty);
        return job.Refusal is { } refusal ? Task.FromException<IJobHandle>(refusal) : Task.FromResult<IJobHandle>(job.Begin(launch));
    }

    public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<IJobHandle>>([]);
}

/// <summary>A job that does what a test says.</summary>
internal sealed class FakeJob : IJobHandle
{
    private readonly TaskCompletionSource<JobLaunch> _launched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<JobEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TimeSpan> _canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<WorkerEvent> _events = Channel.CreateUnbounded<WorkerEvent>();

    /// <summary>What launching it throws, or <c>null</c>.</summary>
    public WorkflowException? Refusal { get; set; }

    /// <summary>Completes when it is launched.</summary>
    public Task<JobLaunch> Launched => _launched.Task;

    /// <summary>Completes with the grace when it is asked to stop.</summary>
    public Task<TimeSpan> Canceled => _canceled.Task;

    /// <summary>Whether a job that is asked to stop goes on.</summary>
    public bool IgnoresCancel { get; set; }

    /// <summary>Whether its worker never starts: what a cancel finds is an image on its way.</summary>
    public bool IsPulling { get; set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Whether it was kept.</summary>
    public bool IsKept { get; private set; }

    public JobId JobId => Launch.JobId;

    public JobLaunch Launch => _launched.Task.Result;

    public string Location => "place";

    public Task<LaunchTimes> Started { get; } = Task.FromResult(new LaunchTimes());

    public Task<JobEnd> Ended => _ended.Task;

    public IAsyncEnumerable<WorkerEvent> Events => _events.Reader.ReadAllAsync();

    public FakeJob Begin(JobLaunch launch)
    {
        if (!IsPulling)
        {
            Tell(new JobStartedEvent { JobId = launch.JobId, WorkerVersion = "1", StartedAt = RunEngineTests.Now });
        }

        _launched.SetResult(launch);
        return this;
    }

    public void Tell(WorkerEvent told) => _events.Writer.TryWrite(told);

    public void End(Conclusion conclusion, params (string Name, OutputValue Value)[] outputs)
    {
        Tell(new JobEndedEvent { Conclusion = conclusion, Outputs = outputs.ToImmutableDictionary(output => output.Name, output => output.Value) });
        Finish(new JobEnd { WorkerStarted = true, Outcome = new WorkerOutcome { Conclusion = conclusion, IsReported = true } });
    }

    public void Finish(JobEnd end)
    {
        _events.Writer.TryComplete();
        _ended.TrySetResult(end);
    }

    public Task CancelAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        _canceled.TrySetResult(grace);
        if (IsPulling)
        {
            Finish(new JobEnd { Failure = FailureReason.WorkerDied, Message = "killed by signal 9" });
        }
        else if (!IgnoresCancel)
        {
            End(Conclusion.Canceled);
        }

        return Task.CompletedTask;
    }

    public void Release()
    {
    }

    public Task<string?> KeepAsync(CancellationToken cancellationToken)
    {
        Assert.True(_ended.Task.IsCompleted && !IsDisposed);
        IsKept = true;
        return Task.FromResult<string?>($"kept as {Launch.KeepAs}");
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        Finish(new JobEnd { Failure = FailureReason.WorkerDied });
        return default;
    }
}
