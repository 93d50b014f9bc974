namespace Runner.Execution.Processes;

/// <summary>What this process itself does with signals, as far as children depend on it.</summary>
internal static unsafe class SignalDispositions
{
    private const long Ignored = 1;
    private const int NoChildWait = 2;

    private static readonly Lock Gate = new();
    private static bool s_isDone;

    /// <summary>
    /// Makes sure that a child's exit code stays until it is fetched. Whoever started us may have left SIGCHLD ignored, and then the kernel
    /// throws exit codes away. A handler that is already there (.NET's own, which takes only children it started) is left in place.
    /// </summary>
    public static void LetChildrenBeWaitedFor()
    {
        lock (Gate)
        {
            if (s_isDone)
            {
                return;
            }

            // struct sigaction: handler (8 bytes), mask (128), flags (4), restorer (8).
            var action = stackalloc byte[Libc.SizeOfSignalAction];
            new Span<byte>(action, Libc.SizeOfSignalAction).Clear();
            if (Libc.SignalAction(Libc.SignalChild, null, action) == 0)
            {
                var flags = (int*)(action + 8 + Libc.SizeOfSignalSet);
                if (*(long*)action == Ignored || (*flags & NoChildWait) != 0)
                {
                    new Span<byte>(action, Libc.SizeOfSignalAction).Clear();
                    _ = Libc.SignalAction(Libc.SignalChild, action, null);
                }
            }

            s_isDone = true;
        }
    }
}
