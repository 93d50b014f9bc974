using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;

namespace Runner.Kubernetes;

/// <summary>A job whose pod the cluster would not have. There is nothing to watch, to cancel or to remove.</summary>
internal sealed class RefusedJobHandle(JobLaunch launch, string podName, string message) : IJobHandle
{
    public JobId JobId => Launch.JobId;

    public JobLaunch Launch => launch;

    public string Location => podName;

    public Task<LaunchTimes> Started { get; } = Task.FromCanceled<LaunchTimes>(new CancellationToken(canceled: true));

    public Task<JobEnd> Ended { get; } = Task.FromResult(new JobEnd
    {
        Failure = FailureReason.Rejected,
        Message = $"The cluster refused the job's pod: {message}",
        Times = new LaunchTimes { MessageSeen = launch.MessageSeen },
    });

    public IAsyncEnumerable<WorkerEvent> Events => AsyncEnumerable.Empty<WorkerEvent>();

    public Task CancelAsync(TimeSpan grace, CancellationToken cancellationToken) => Task.CompletedTask;

    public void Release()
    {
        // There is nothing to let go of.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
