using System.Collections.Concurrent;

namespace Runner.Agent.Queue;

/// <summary>What is known of the queues at GitHub. What is too old is not known any more: a queue that nobody could count is not empty.</summary>
internal sealed class QueueBook(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (QueueCount Count, DateTimeOffset At, TimeSpan Age)> _counts = new(StringComparer.Ordinal);

    /// <summary>Writes counts in; older ones than those that are known are left.</summary>
    /// <param name="counts">They.</param>
    /// <param name="age">How long they hold.</param>
    public void Write(QueueCounts counts, TimeSpan age)
    {
        foreach (var (pool, count) in counts.Pools)
        {
            _counts.AddOrUpdate(pool, (count, counts.At, age), (_, known) => known.At > counts.At ? known : (count, counts.At, age));
        }
    }

    /// <summary>A pool's queue, or <c>null</c>: it is not known.</summary>
    public QueueCount? Find(string pool) =>
        _counts.TryGetValue(pool, out var known) && time.GetUtcNow() - known.At <= known.Age ? known.Count : null;
}
