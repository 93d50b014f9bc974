namespace Runner.Execution.Usage;

/// <summary>What was used from one moment to another. Not safe from several threads: <see cref="UsageMeter"/> is.</summary>
/// <remarks>
/// Samples miss what is shorter than the time between them. The kernel's own mark does not, but it includes the cache of files, and only ever rises. Where it rose,
/// the peak was at least that much less the most cache that was seen: so a short peak counts, and a large cache does not.
/// </remarks>
internal sealed class UsageSpan(TimeSpan? cpuBefore, long? markBefore)
{
    private TimeSpan? _cpuAfter;
    private long? _markAfter;
    private long? _highest;
    private long _mostCache;

    /// <summary>Whether others ran meanwhile: what they used is in it, too.</summary>
    public bool IsShared { get; set; }

    /// <summary>Time of processors; <c>null</c>: it is not counted.</summary>
    public TimeSpan? Cpu => _cpuAfter - cpuBefore;

    /// <summary>Most bytes of memory at a moment; <c>null</c>: they are not counted.</summary>
    public long? PeakBytes => _highest is { } highest ? Math.Max(highest, _markAfter > markBefore ? _markAfter.Value - _mostCache : 0) : null;

    /// <summary>Takes a sample in.</summary>
    public void Add(MemorySample? sample)
    {
        if (sample is { } memory)
        {
            _highest = Math.Max(_highest ?? 0, memory.Bytes);
            _mostCache = Math.Max(_mostCache, memory.CacheBytes);
        }
    }

    /// <summary>Ends it; with a later call, later.</summary>
    public void End(TimeSpan? cpu, long? mark) => (_cpuAfter, _markAfter) = (cpu, mark);
}
