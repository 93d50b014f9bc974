using Microsoft.Extensions.Logging.Abstractions;
using Runner.Execution.Hosting;
using Runner.Testing;
using Runner.Worker.Commands;
using Runner.Worker.Jobs;

namespace Runner.Worker.Tests.Commands;

/// <summary>What a worker takes a signal for, by real signals to this process.</summary>
public sealed class WorkerSignalsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly JobCancellation _cancellation = new();
    private readonly WorkerSignals _signals;

    public WorkerSignalsTests()
    {
        _signals = new WorkerSignals(_cancellation, NullLogger.Instance) { Spool = _folder.FullPath };
        PidFile.Write(_folder.FullPath);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _signals.Dispose();
        _cancellation.Dispose();
        _folder.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancel_is_somebodys_wish()
    {
        var exitCode = CancelCommand.Run(Arguments.Parse(["cancel", "--spool", _folder.FullPath], [], ["--grace", "--spool"]), TextWriter.Null);

        await StoppedAsync();
        Assert.Equal((0, CancelReason.User), (exitCode, _cancellation.Reason));
    }

    [Fact(Timeout = 30_000)]
    public async Task Removal_is_nobodys_wish_and_says_why()
    {
        using var input = new MemoryStream("evicted: größer als 10Mi, and what follows is not its part"u8.ToArray());

        var exitCode = Remove("26", input);

        await StoppedAsync();
        Assert.Equal((0, CancelReason.Removal, true), (exitCode, _cancellation.Reason, _cancellation.IsRemoval));
        Assert.Equal("evicted: größer als 10Mi", await _cancellation.Explanation.WaitAsync(Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task Reason_that_comes_after_the_kubelets_signal_is_heard()
    {
        Kill(WorkerSignals.Removal);
        await StoppedAsync();
        Assert.False(_cancellation.Explanation.IsCompleted);

        using var input = new MemoryStream("drained"u8.ToArray());
        Remove("7", input);

        Assert.Equal("drained", await _cancellation.Explanation.WaitAsync(Token));
    }

    private int Remove(string length, Stream input) => RemovalCommand.Run(
        Arguments.Parse(["removal", "--reason", length, "--spool", _folder.FullPath], ["--reason"], ["--spool"]), input, TextWriter.Null);

    private static void Kill(int signal) => Assert.Equal(0, Native.Libc.Kill(Environment.ProcessId, signal));

    private async Task StoppedAsync()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _cancellation.Requested.Register(() => stopped.TrySetResult());
        await stopped.Task.WaitAsync(Token);
    }
}
