namespace Runner.Execution.Processes;

/// <summary>
/// A process started by <see cref="PosixProcessLauncher"/>, with one thread that waits for its end and one that reads its output.
/// </summary>
/// <remarks>
/// The waiting thread looks at the exit without taking it (<c>WNOWAIT</c>), so the process stays a zombie until it is disposed. Its id, and the
/// id of its group, can therefore not go to another process while signals may still be sent to it.
/// </remarks>
internal sealed unsafe class PosixChildProcess : IChildProcess
{
    private const int StackBytes = 256 * 1024;

    private readonly TaskCompletionSource<ProcessExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly HashSet<ProcessEntry> _family = [];
    private bool _isReaped;

    /// <param name="process">Id of a child that nobody else waits for.</param>
    /// <param name="output">Read end of its output; closed here.</param>
    /// <param name="sink">Takes the lines.</param>
    public PosixChildProcess(int process, int output, ILineSink sink)
    {
        Id = process;
        Start("step output", () => ReadOutput(output, sink));
        Start("step exit", WaitForExit);
    }

    /// <inheritdoc/>
    public int Id { get; }

    /// <inheritdoc/>
    public Task<ProcessExit> Exited => _exited.Task;

    /// <inheritdoc/>
    public Task OutputEnded => _outputEnded.Task;

    /// <inheritdoc/>
    public void Interrupt() => Signal(Libc.SignalInterrupt);

    /// <inheritdoc/>
    public void Terminate() => Signal(Libc.SignalTerminate);

    /// <inheritdoc/>
    public void TerminateRest()
    {
        lock (_lock)
        {
            if (!_isReaped)
            {
                foreach (var entry in ProcessTree.AddFamily(Id, _family))
                {
                    _ = Libc.Kill(entry.Id, Libc.SignalTerminate);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void KillTree()
    {
        lock (_lock)
        {
            if (!_isReaped)
            {
                ProcessTree.Kill(Id, _family);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            // Step: taken only after the waiting thread saw the exit; a process that still runs is left to run.
            if (!_isReaped && _exited.Task.IsCompleted)
            {
                _isReaped = true;
                _ = Libc.WaitProcess(Id, null, Libc.NoHang);
            }
        }
    }

    private static void Start(string name, ThreadStart work) =>
        new Thread(work, StackBytes) { IsBackground = true, Name = name }.Start();

    private void Signal(int signal)
    {
        lock (_lock)
        {
            if (!_isReaped)
            {
                // A child whose parent obeys this signal goes to init, and then nothing shows any more whose it was.
                ProcessTree.AddFamily(Id, _family);
                _ = Libc.Kill(Id, signal);
            }
        }
    }

    private void ReadOutput(int output, ILineSink sink)
    {
        try
        {
            new LineReader(sink).ReadToEnd(output);
            _outputEnded.TrySetResult();
        }
        catch (Exception error)
        {
            // The thread's boundary: whoever awaits the output gets it.
            _outputEnded.TrySetException(error);
        }
        finally
        {
            _ = Libc.Close(output);
        }
    }

    private void WaitForExit()
    {
        var info = stackalloc byte[Libc.SizeOfSignalInfo];
        while (Libc.WaitId(Libc.ByProcessId, Id, info, Libc.WaitExited | Libc.LeaveWaitable) != 0)
        {
            var error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
            if (error != Libc.InterruptedCall)
            {
                _exited.TrySetException(new InvalidOperationException(
                    $"The exit of process {Id} cannot be read: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}"));
                return;
            }
        }

        // siginfo_t of SIGCHLD: si_code stands at byte 8, si_status at byte 24.
        var status = *(int*)(info + 24);
        _exited.TrySetResult(*(int*)(info + 8) == Libc.ChildExited ? ProcessExit.ByCode(status) : ProcessExit.BySignal(status));
    }
}
