using System.Collections.Concurrent;

namespace Runner.Testing.Cluster;

/// <summary>A call that was answered.</summary>
/// <param name="What">Verb and resource, such as <c>create pods</c>.</param>
/// <param name="Code">Status of the answer; 0: the connection was cut.</param>
/// <param name="Began">When it came.</param>
public sealed record ClusterCall(string What, int Code, DateTimeOffset Began);

/// <summary>The calls that the API server was asked; those of the kubelet are not among them.</summary>
public sealed class ClusterCalls
{
    private readonly ConcurrentQueue<ClusterCall> _calls = new();

    /// <summary>All of them, the oldest first.</summary>
    public IReadOnlyCollection<ClusterCall> All => _calls;

    /// <summary>How often each was made.</summary>
    public IReadOnlyDictionary<string, int> Counts =>
        _calls.GroupBy(call => call.What).ToDictionary(calls => calls.Key, calls => calls.Count(), StringComparer.Ordinal);

    /// <summary>How often one was made.</summary>
    public int Count(string what) => _calls.Count(call => call.What == what);

    /// <summary>When each pod was asked for that was made, in order.</summary>
    public IReadOnlyList<DateTimeOffset> PodsAskedFor =>
        [.. _calls.Where(call => call is { What: "create pods", Code: 201 }).Select(call => call.Began).Order()];

    /// <summary>Forgets them.</summary>
    public void Clear() => _calls.Clear();

    internal void Add(ClusterCall call) => _calls.Enqueue(call);
}
