using System.Collections.Concurrent;

namespace Runner.Agent.Sources;

/// <summary>The registrations that this agent uses now. What else has its name is left over, as of a registration whose answer was lost.</summary>
internal sealed class OwnRunners
{
    private readonly ConcurrentDictionary<string, byte> _names = new(StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public IReadOnlySet<string> Names => _names.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>One is used.</summary>
    public void Add(string name) => _names[name] = 0;

    /// <summary>It is not any more.</summary>
    public void Remove(string name) => _names.TryRemove(name, out _);
}
