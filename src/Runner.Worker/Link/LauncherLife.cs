using System.Runtime.InteropServices;

namespace Runner.Worker.Link;

/// <summary>Sees that the process which started the worker has ended, though nothing is written that would show it.</summary>
/// <remarks>
/// The kernel gives the child of a dead process to another one at once, so its parent's number tells; that somebody else gets the number of the
/// dead one deceives nobody. (A signal at the parent's death would come when the thread ends that started the worker, too.)
/// </remarks>
internal sealed partial class LauncherLife : IAsyncDisposable
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ended = new();
    private readonly Task _watching;

    /// <summary>Begins to look.</summary>
    /// <param name="launcher">Number of the process, the worker's parent; <c>null</c>: nobody's life counts.</param>
    /// <param name="gone">Called when it has ended.</param>
    /// <param name="time">The clock.</param>
    public LauncherLife(int? launcher, Action gone, TimeProvider time) =>
        _watching = launcher is { } process && OperatingSystem.IsLinux() ? WatchAsync(process, gone, time) : Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _watching;
        _ended.Dispose();
    }

    private async Task WatchAsync(int launcher, Action gone, TimeProvider time)
    {
        try
        {
            while (ParentId() == launcher)
            {
                await Task.Delay(Interval, time, _ended.Token);
            }

            gone();
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return; // the job is over
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentId();
}
