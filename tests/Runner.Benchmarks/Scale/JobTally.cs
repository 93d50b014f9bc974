using Runner.Emulator;
using Runner.Emulator.Events;
using Runner.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Benchmarks.Scale;

/// <summary>Counts what the emulator tells of jobs, from its start on.</summary>
internal sealed class JobTally : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly HashSet<JobId> _ended = [];
    private readonly Task _reading;
    private (int Count, TaskCompletionSource Signal) _awaited = (int.MaxValue, new TaskCompletionSource());

    public JobTally(EmulatorServer emulator) => _reading = ReadAsync(emulator);

    /// <summary>When the first job waited for a runner.</summary>
    public DateTimeOffset? FirstQueued { get; private set; }

    /// <summary>Jobs that ended, and did not succeed.</summary>
    public int Failed { get; private set; }

    /// <summary>Completes when so many jobs have ended in all.</summary>
    public Task EndedAsync(int count, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _awaited = (count, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            Look();
            return Task.WhenAny(_awaited.Signal.Task, _reading).Unwrap().WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAny(_reading); // cancelled, or its failure was told to who waited
        _ending.Dispose();
    }

    private async Task ReadAsync(EmulatorServer emulator)
    {
        await foreach (var happened in emulator.ReadEventsAsync(0, _ending.Token))
        {
            lock (_gate)
            {
                switch (happened)
                {
                    case { Type: EmulatorEventType.Gap }:
                        throw new InvalidOperationException("Events were dropped: what ended cannot be counted");
                    case { Type: EmulatorEventType.JobQueued }:
                        FirstQueued ??= happened.At;
                        break;
                    case { Type: EmulatorEventType.JobCompleted, JobId: { } job } when _ended.Add(job):
                        Failed += happened.Conclusion == Conclusion.Succeeded ? 0 : 1;
                        Look();
                        break;
                }
            }
        }
    }

    private void Look()
    {
        if (_ended.Count >= _awaited.Count)
        {
            _awaited.Signal.TrySetResult();
        }
    }
}
