using Runner.Emulator.Events;
using Runner.Emulator.Runs;
using Runner.Jobs;

namespace Runner.Emulator.Console;

/// <summary>What is to be seen of an emulator, in this process or another.</summary>
public interface IEmulatorView
{
    /// <summary>What happened after an event (0: from the beginning, as far as it is kept), then what happens, until the token ends it.</summary>
    IAsyncEnumerable<EmulatorEvent> ReadEventsAsync(long after, CancellationToken cancellationToken);

    /// <summary>A run, or <c>null</c>.</summary>
    Task<RunInfo?> FindRunAsync(long run, CancellationToken cancellationToken);

    /// <summary>What is there of a job's log; <c>null</c> where nothing has arrived.</summary>
    Task<string?> ReadLogAsync(JobId job, CancellationToken cancellationToken);
}
