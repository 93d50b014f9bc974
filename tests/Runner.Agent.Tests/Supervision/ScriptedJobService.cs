using System.Collections.Concurrent;
using Runner.Agent.Contracts;
using Runner.Jobs;

namespace Runner.Agent.Tests.Supervision;

/// <summary>GitHub's side of one job: it notes what it is told, and throws what a test says.</summary>
internal sealed class ScriptedJobService(JobId job, TimeProvider time) : IJobService
{
    private readonly TaskCompletionSource<JobVerdict> _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Exception>> _failures = new();
    private int _renewals;

    public JobId JobId => job;

    public int Renewals => _renewals;

    public ConcurrentQueue<JobVerdict> Explained { get; } = new();

    /// <summary>Completes with what the job was completed with.</summary>
    public Task<JobVerdict> Completed => _completed.Task;

    /// <summary>The next call of a method throws this.</summary>
    public void Fail(string method, Exception error, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _failures.GetOrAdd(method, _ => new ConcurrentQueue<Exception>()).Enqueue(error);
        }
    }

    public Task<DateTimeOffset> RenewAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _renewals);
        Throw(nameof(RenewAsync));
        return Task.FromResult(time.GetUtcNow() + TimeSpan.FromMinutes(10));
    }

    public Task ExplainAsync(JobVerdict verdict, CancellationToken cancellationToken)
    {
        Throw(nameof(ExplainAsync));
        Explained.Enqueue(verdict);
        return Task.CompletedTask;
    }

    public Task CompleteAsync(JobVerdict verdict, CancellationToken cancellationToken)
    {
        Throw(nameof(CompleteAsync));
        _completed.TrySetResult(verdict);
        return Task.CompletedTask;
    }

    private void Throw(string method)
    {
        if (_failures.TryGetValue(method, out var failures) && failures.TryDequeue(out var error))
        {
            throw error;
        }
    }
}

/// <summary>No job's services can be found.</summary>
internal sealed class NoServices : IJobServices
{
    public IJobService? For(Jobs.Messages.JobMessage job) => null;
}
