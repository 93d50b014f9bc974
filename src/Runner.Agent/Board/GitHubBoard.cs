using System.Collections.Concurrent;
using System.Collections.Immutable;
using Runner.GitHub.Limits;
using Runner.Jobs;

namespace Runner.Agent.Board;

/// <summary>What GitHub has told of its limits, and of the queues of scale sets: the last of each, for people.</summary>
internal sealed class GitHubBoard(TimeProvider time)
{
    // More jobs than that wait for no agent; of the oldest is forgotten since when they waited, which a page shows.
    private const int MaxQueued = 5000;

    private readonly ConcurrentDictionary<string, LimitView> _limits = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, QueueView> _queues = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _queued = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The limits, by resource.</summary>
    public ImmutableArray<LimitView> Limits => [.. _limits.Values.OrderBy(limit => limit.Resource, StringComparer.Ordinal)];

    /// <summary>The service answered.</summary>
    public void Called(GitHubCall call)
    {
        var resource = call.Resource is "core" or "search" or "graphql" or "actions_runner_registration" ? call.Resource : "other";
        var closed = call.RetryAfter is { } pause ? time.GetUtcNow() + pause : (DateTimeOffset?)null;
        if (call.Limit is not null || closed is not null)
        {
            _limits[resource] = new LimitView(resource, call.Limit, call.Remaining, call.Reset, closed);
        }
    }

    /// <summary>GitHub counted the jobs of a pool's scale set.</summary>
    public void Counted(string pool, int available, int assigned, int running) => _queues[pool] = new QueueView(available, assigned, running, time.GetUtcNow());

    /// <summary>What it counted, or <c>null</c>.</summary>
    public QueueView? QueueOf(string pool) => _queues.GetValueOrDefault(pool);

    /// <summary>A message told since when jobs are in the queue, or that they are over.</summary>
    public void Told(IEnumerable<(string? Job, DateTimeOffset Queued, bool IsOver)> jobs)
    {
        foreach (var (job, queued, isOver) in jobs)
        {
            if (job is not null && isOver)
            {
                _queued.TryRemove(job, out _);
            }
            else if (job is not null && queued > DateTimeOffset.UnixEpoch)
            {
                _queued[job] = queued;
            }
        }

        // The end of some is told to another agent's session only.
        foreach (var (job, _) in _queued.OrderBy(entry => entry.Value).Take(_queued.Count - MaxQueued).ToList())
        {
            _queued.TryRemove(job, out _);
        }
    }

    /// <summary>When a job was queued, or <c>null</c>: nobody said so.</summary>
    public DateTimeOffset? QueuedAt(JobId job) => _queued.TryGetValue(job.ToString(), out var at) ? at : null;
}
