using System.Runtime.InteropServices;

namespace Runner.Execution.Processes;

/// <summary>Starts processes on Linux by <c>posix_spawn</c>.</summary>
/// <remarks>
/// Not <c>System.Diagnostics.Process</c>: that one gives each stream a pipe of its own, so the order between them is lost; it hands the
/// child our ignored SIGPIPE; and it cannot make a process group, without which a whole tree cannot be stopped.
/// </remarks>
internal sealed unsafe class PosixProcessLauncher : IProcessLauncher
{
    // More than Linux' default of 64 KiB: a chatty step then wakes us less often. The kernel may refuse, which costs only that.
    private const int PipeBytes = 256 * 1024;

    /// <inheritdoc/>
    public IChildProcess Start(ProcessSpec spec, ILineSink output)
    {
        if (!Directory.Exists(spec.WorkingDirectory))
        {
            throw new ProcessStartException($"The working directory '{spec.WorkingDirectory}' does not exist");
        }

        SignalDispositions.LetChildrenBeWaitedFor();
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.CloseOnExec) != 0)
        {
            throw new ProcessStartException($"No pipe for the output of '{spec.Program}': {LastError()}");
        }

        var (readEnd, writeEnd) = (ends[0], ends[1]);
        try
        {
            _ = Libc.FileControl(writeEnd, Libc.SetPipeSize, PipeBytes);
            var process = Spawn(spec, writeEnd);
            OomScore.TryAdjust(process, spec.OomScoreAdjustment);
            var child = new PosixChildProcess(process, readEnd, output);
            readEnd = -1;
            return child;
        }
        finally
        {
            // Ours must be closed, or the pipe never ends.
            _ = Libc.Close(writeEnd);
            if (readEnd >= 0)
            {
                _ = Libc.Close(readEnd);
            }
        }
    }

    private static int Spawn(ProcessSpec spec, int output)
    {
        var actions = stackalloc byte[Libc.SizeOfSpawnFileActions];
        var attributes = stackalloc byte[Libc.SizeOfSpawnAttributes];
        Check(spec);
        using var arguments = new NativeStrings([spec.Program, .. spec.Arguments]);
        using var environment = new NativeStrings([.. spec.Environment.Select(variable => $"{variable.Key}={variable.Value}")]);
        using var folder = new NativeStrings([spec.WorkingDirectory]);

        Check(Libc.InitFileActions(actions));
        Check(Libc.InitAttributes(attributes));
        try
        {
            AddFileActions(actions, output, folder.Pointers[0]);
            SetAttributes(attributes);
            int process;
            var error = Libc.Spawn(&process, arguments.Pointers[0], actions, attributes, arguments.Pointers, environment.Pointers);
            return error == 0 ? process : throw new ProcessStartException(Explain(spec, error, arguments.Size + environment.Size));
        }
        finally
        {
            _ = Libc.DestroyFileActions(actions);
            _ = Libc.DestroyAttributes(attributes);
        }
    }

    private static void Check(ProcessSpec spec)
    {
        if (spec.Environment.FirstOrDefault(variable => HasZero(variable.Key) || HasZero(variable.Value)).Key is { } variable)
        {
            throw new ProcessStartException(
                $"'{spec.Program}' could not be started: the variable '{variable.Replace("\0", "\\0", StringComparison.Ordinal)}' holds a NUL character (\\0), which no process can be given");
        }

        static bool HasZero(string text) => text.Contains('\0', StringComparison.Ordinal);
    }

    private static void AddFileActions(byte* actions, int output, byte* folder)
    {
        fixed (byte* nothing = "/dev/null\0"u8)
        {
            Check(Libc.AddOpen(actions, 0, nothing, Libc.ReadOnly, 0));
        }

        Check(Libc.AddDuplicate(actions, output, 1));
        Check(Libc.AddDuplicate(actions, output, 2));
        Check(Libc.AddChangeDirectory(actions, folder));

        // Ours are close-on-exec all the same; those that whoever started us left open may not be.
        Check(Libc.AddCloseFrom(actions, 3));
    }

    // A new group of its own, no blocked signals, and each signal's default: .NET ignores SIGPIPE and that would be inherited.
    private static void SetAttributes(byte* attributes)
    {
        var signals = stackalloc byte[Libc.SizeOfSignalSet];
        _ = Libc.FillSignalSet(signals);
        Check(Libc.SetSignalDefaults(attributes, signals));
        _ = Libc.EmptySignalSet(signals);
        Check(Libc.SetSignalMask(attributes, signals));
        Check(Libc.SetProcessGroup(attributes, 0));
        Check(Libc.SetFlags(attributes, Libc.SpawnSetProcessGroup | Libc.SpawnSetSignalDefaults | Libc.SpawnSetSignalMask));
    }

    private static string Explain(ProcessSpec spec, int error, int bytes)
    {
        var reason = Marshal.GetPInvokeErrorMessage(error);
        return error switch
        {
            Libc.ArgumentListTooLong => $"'{spec.Program}' could not be started: its arguments and environment have {bytes} bytes, more than the system takes ({reason})",
            Libc.ExecFormatError => $"'{spec.Program}' could not be started: it is neither a program for this machine nor a script with a #! line ({reason})",
            _ => $"'{spec.Program}' could not be started in '{spec.WorkingDirectory}': {reason}",
        };
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new ProcessStartException($"The system refused to prepare a process: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
}
