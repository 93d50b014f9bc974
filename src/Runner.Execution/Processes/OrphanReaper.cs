namespace Runner.Execution.Processes;

/// <summary>
/// Makes this process the parent of descendants that lost theirs, so that they are found when a tree is killed, and clears them away when
/// they have ended. Only for a process whose children are all steps: it would take the exit codes of others.
/// </summary>
internal static unsafe class OrphanReaper
{
    /// <summary>From now on orphans come to us instead of to init. Needless, and harmless, for process 1 of a container.</summary>
    public static void Adopt() => _ = Libc.ProcessControl(Libc.SetChildSubreaper, 1, 0, 0, 0);

    /// <summary>Removes the zombies among our children. To be called while no child runs whose exit code is still wanted.</summary>
    public static void Reap()
    {
        while (Libc.WaitProcess(-1, null, Libc.NoHang) > 0)
        {
            // One more is gone.
        }
    }
}
