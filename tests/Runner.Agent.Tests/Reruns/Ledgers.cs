using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Reruns;
using Runner.Backends;
using Runner.Jobs.Errors;

namespace Runner.Agent.Tests.Reruns;

/// <summary>Ledgers of re-runs.</summary>
internal static class Ledgers
{
    /// <summary>One that no pool uses.</summary>
    public static RerunLedger Unused(AgentMetrics metrics, TimeProvider time) => Of(new MemoryNotes(), metrics, time);

    /// <summary>One of these pools.</summary>
    public static RerunLedger Of(IAgentNotes notes, AgentMetrics metrics, TimeProvider time, params IEnumerable<PoolOptions> pools) =>
        new(notes, pools, metrics, time, NullLogger<RerunLedger>.Instance);
}

/// <summary>Notes that last as long as the test.</summary>
internal sealed class MemoryNotes : IAgentNotes
{
    public ConcurrentDictionary<string, string> All { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether nothing can be written.</summary>
    public bool IsBroken { get; set; }

    public Task KeepAsync(string name, string text, CancellationToken cancellationToken)
    {
        if (IsBroken)
        {
            return Task.FromException(new InfrastructureException("the notes are away"));
        }

        All[name] = text;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, string>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>(All));

    public Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        All.TryRemove(name, out _);
        return Task.CompletedTask;
    }
}
