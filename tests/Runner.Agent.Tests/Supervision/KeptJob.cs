using System.Collections.Concurrent;
using Runner.Agent.Journal;
using Runner.Backends;

namespace Runner.Agent.Tests.Supervision;

/// <summary>A job in a journal that keeps nothing, and says what became of it.</summary>
internal sealed class KeptJob(JournalRecord record) : JournalEntry(record)
{
    public bool IsRemoved { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Attempts that were to come when a place was lost.</summary>
    public ConcurrentQueue<int> Lost { get; } = new();

    /// <summary>A job that was acquired.</summary>
    public static KeptJob Of(JobLaunch launch, bool hasStarted) => new(new JournalRecord
    {
        Pool = "test",
        RunnerName = "runner-1",
        JitConfig = "jit",
        RunnerRequestId = "7",
        RunServiceUrl = "https://run.test",
        MessageSeen = launch.MessageSeen,
    }.With(launch) with { HasStarted = hasStarted });

    public override Task LaunchedAsync() => Task.CompletedTask;

    public override Task LostAsync(JobLaunch next)
    {
        Lost.Enqueue(next.Attempt);
        return Task.CompletedTask;
    }

    public override Task RemoveAsync()
    {
        IsRemoved = true;
        return Task.CompletedTask;
    }

    public override void Dispose() => IsDisposed = true;
}
