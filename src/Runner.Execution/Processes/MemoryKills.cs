namespace Runner.Execution.Processes;

/// <summary>
/// Counts the processes that the kernel killed for want of memory in the worker's control group, which is that of its steps too: what such a step itself shows is
/// an exit code like any other.
/// </summary>
internal sealed class MemoryKills : IDisposable
{
    private readonly ControlGroup? _group;
    private readonly GroupFile? _events;

    private MemoryKills(ControlGroup? group)
    {
        _group = group;
        _events = group is null ? null : GroupFile.TryOpen(group.PathOf("memory.events", "memory.oom_control"));
    }

    /// <summary>Killed so far; 0 where the kernel does not say.</summary>
    public long Count => _events?.ReadField("oom_kill") ?? 0;

    /// <summary>Most bytes that the group may have, or <c>null</c>: as many as the machine has.</summary>
    public long? Limit => _group?.ReadMemoryLimit();

    /// <summary>The count of this process' group.</summary>
    /// <param name="root">Where <c>/proc</c> and <c>/sys</c> are: <c>/</c>.</param>
    public static MemoryKills Find(string root) => new(ControlGroup.Find(root, "memory", "memory.events", "memory.oom_control"));

    /// <inheritdoc/>
    public void Dispose() => _events?.Dispose();
}
