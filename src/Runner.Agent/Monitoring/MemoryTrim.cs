using Microsoft.Extensions.Hosting;

namespace Runner.Agent.Monitoring;

/// <summary>Gives memory back to the machine once it is quiet after much work: a collector left alone keeps what a burst of jobs needed for hours.</summary>
internal sealed class MemoryTrim(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var rule = new QuietRule(GC.GetTotalAllocatedBytes());
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (rule.IsTimeToTrim(GC.GetTotalAllocatedBytes()))
                {
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The agent stops.
        }
    }
}

/// <summary>When to trim: after much was allocated, in an interval in which little is.</summary>
/// <param name="allocated">Bytes that the process has allocated in its life.</param>
internal sealed class QuietRule(long allocated)
{
    /// <summary>Bytes since the last time that make it worth the pause, which is some tenths of a second.</summary>
    public const long Much = 128L << 20;

    /// <summary>Bytes in an interval up to which it is quiet.</summary>
    public const long Little = 8L << 20;

    private long _atTrim = allocated;
    private long _before = allocated;

    /// <summary>Looks at the end of an interval.</summary>
    public bool IsTimeToTrim(long allocated)
    {
        var isQuiet = allocated - _before <= Little;
        _before = allocated;
        if (!isQuiet || allocated - _atTrim < Much)
        {
            return false;
        }

        _atTrim = allocated;
        return true;
    }
}
