using Runner.Execution.Processes;

namespace Runner.Execution.Usage;

/// <summary>What the kernel counts of the worker's control group: time of processors, and memory.</summary>
/// <remarks>
/// Memory is what the group cannot be made to give back at once, as the kubelet counts it for evictions and <c>kubectl top</c> shows it: all but the pages of
/// files that were not used again (<c>inactive_file</c>). With them, a job that unpacks much would seem to need all that it may have.
/// </remarks>
internal sealed class GroupCounters : IDisposable
{
    private readonly ControlGroup? _memory;
    private readonly bool _isCpuUnified;
    private readonly GroupFile? _cpu;
    private readonly GroupFile? _used;
    private readonly GroupFile? _kinds;
    private readonly GroupFile? _mark;

    private GroupCounters(ControlGroup? cpu, ControlGroup? memory)
    {
        _memory = memory;
        _isCpuUnified = cpu?.IsUnified ?? false;
        _cpu = Open(cpu, "cpu.stat", "cpuacct.usage");
        _used = Open(memory, "memory.current", "memory.usage_in_bytes");
        _kinds = Open(memory, "memory.stat", "memory.stat");
        _mark = Open(memory, "memory.peak", "memory.max_usage_in_bytes");
    }

    /// <summary>Opens the counters; <c>null</c>: the kernel counts neither.</summary>
    /// <param name="root">Where <c>/proc</c> and <c>/sys</c> are: <c>/</c>.</param>
    public static GroupCounters? Find(string root)
    {
        var counters = new GroupCounters(
            ControlGroup.Find(root, "cpuacct", "cpu.stat", "cpuacct.usage"),
            ControlGroup.Find(root, "memory", "memory.current", "memory.usage_in_bytes"));
        if (counters.ReadCpu() is not null || counters.ReadMemory() is not null)
        {
            return counters;
        }

        counters.Dispose();
        return null;
    }

    /// <summary>Time of processors that the group has used so far; <c>null</c>: it is not counted.</summary>
    public TimeSpan? ReadCpu() => _isCpuUnified
        ? _cpu?.ReadField("usage_usec") is { } micros ? TimeSpan.FromMicroseconds(micros) : null
        : _cpu?.ReadNumber() is { } nanos ? TimeSpan.FromTicks(nanos / TimeSpan.NanosecondsPerTick) : null;

    /// <summary>Memory that it uses now; <c>null</c>: it is not counted.</summary>
    public MemorySample? ReadMemory()
    {
        if (_used?.ReadNumber() is not { } used || _kinds?.ReadField(_memory is { IsUnified: true } ? "inactive_file" : "total_inactive_file") is not { } cache)
        {
            return null;
        }

        return new MemorySample(Math.Max(0, used - cache), cache);
    }

    /// <summary>Most bytes that it used at any moment so far, the cache of files included; <c>null</c>: this kernel does not say.</summary>
    public long? ReadMark() => _mark?.ReadNumber();

    /// <summary>Most bytes that it may have; <c>null</c>: as many as the machine has.</summary>
    public long? ReadLimit() => _memory?.ReadMemoryLimit();

    /// <inheritdoc/>
    public void Dispose()
    {
        _cpu?.Dispose();
        _used?.Dispose();
        _kinds?.Dispose();
        _mark?.Dispose();
    }

    private static GroupFile? Open(ControlGroup? group, string unified, string old) => group is null ? null : GroupFile.TryOpen(group.PathOf(unified, old));
}

/// <summary>Memory of a control group at a moment.</summary>
/// <param name="Bytes">What it needs.</param>
/// <param name="CacheBytes">What it would give back at once.</param>
internal readonly record struct MemorySample(long Bytes, long CacheBytes);
