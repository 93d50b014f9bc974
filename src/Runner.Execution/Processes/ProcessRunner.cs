namespace Runner.Execution.Processes;

/// <summary>Runs a process to its end, and stops it when asked.</summary>
/// <remarks>
/// 1. The process starts. 2. Either it ends by itself, or the token is cancelled: then it alone gets SIGINT, 7.5 s later SIGTERM
/// (<c>worker-semantics.md</c> section 2.1), so that what a shell does in its traps is its own. Once it has ended, or 2.5 s later in any case, what it left gets
/// SIGTERM and as long to say its last, then all is killed: GitHub's runner leaves that running beside the steps that follow. 3. Background processes may hold
/// the output open after that: it is waited for 5 s, then the step goes on without. They are left alone, as the official runner does on Linux, because workflows
/// start servers in one step and use them in the next; the end of the job kills them. After a cancel they are killed at once.
/// </remarks>
internal sealed class ProcessRunner(IProcessLauncher launcher, TimeProvider time)
{
    public static readonly TimeSpan InterruptGrace = TimeSpan.FromSeconds(7.5);
    public static readonly TimeSpan TerminateGrace = TimeSpan.FromSeconds(2.5);
    public static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Runs the process; <paramref name="stop"/> starts the stop sequence. The exit is the process's own also when it was stopped.
    /// </summary>
    /// <param name="output">Gets each line; not called any more once this returned, whoever still writes.</param>
    /// <param name="started">Called once the process exists.</param>
    /// <exception cref="ProcessStartException">It could not be started.</exception>
    public async Task<ProcessExit> RunAsync(ProcessSpec spec, ILineSink output, Action started, CancellationToken stop)
    {
        var gate = new ClosableSink(output);

        // Step 1.
        using var child = launcher.Start(spec, gate);
        started();

        // Step 2.
        if (!await EndsAsync(child.Exited, stop))
        {
            await StopAsync(child);
        }

        var exit = await child.Exited;

        // Step 3.
        if (!child.OutputEnded.IsCompleted)
        {
            await AwaitOutputAsync(child, stop);
        }

        gate.Close();
        if (child.OutputEnded.IsCompleted)
        {
            await child.OutputEnded;
        }

        return exit;
    }

    private async Task StopAsync(IChildProcess child)
    {
        child.Interrupt();
        if (!await EndsWithinAsync(child.Exited, InterruptGrace))
        {
            child.Terminate();
            await EndsWithinAsync(child.Exited, TerminateGrace);
        }

        // Also when the process itself obeyed: what it left behind must not live on.
        if (child.Exited.IsCompleted && !child.OutputEnded.IsCompleted)
        {
            child.TerminateRest();
            await EndsWithinAsync(child.OutputEnded, TerminateGrace);
        }

        child.KillTree();
    }

    private async Task AwaitOutputAsync(IChildProcess child, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var grace = Task.Delay(OutputGrace, time, over.Token);
        await Task.WhenAny(child.OutputEnded, grace);
        await over.CancelAsync();
        if (stop.IsCancellationRequested)
        {
            child.KillTree();
            await EndsWithinAsync(child.OutputEnded, OutputGrace);
        }
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan limit)
    {
        using var over = new CancellationTokenSource();
        var first = await Task.WhenAny(task, Task.Delay(limit, time, over.Token));
        await over.CancelAsync();
        return first == task;
    }

    private static async Task<bool> EndsAsync(Task task, CancellationToken stop)
    {
        if (task.IsCompleted)
        {
            return true;
        }

        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        return await Task.WhenAny(task, stopped.Task) == task;
    }

    /// <summary>Drops what comes after it was closed. Processes in the background write on; they must not meet a closed pipe.</summary>
    private sealed class ClosableSink(ILineSink inner) : ILineSink
    {
        private readonly Lock _lock = new();
        private bool _isClosed;

        public void Line(ReadOnlySpan<byte> line)
        {
            lock (_lock)
            {
                if (!_isClosed)
                {
                    inner.Line(line);
                }
            }
        }

        public int TakeOverlong(ReadOnlySpan<byte> start)
        {
            lock (_lock)
            {
                return _isClosed ? start.Length : inner.TakeOverlong(start);
            }
        }

        public void Close()
        {
            lock (_lock)
            {
                _isClosed = true;
            }
        }
    }
}
