using System.Collections.Immutable;
using Runner.Agent.Configuration;
using Runner.GitHub.Registration;

namespace Runner.Agent.Pools;

/// <summary>A pool: which runners it registers, and its places for jobs.</summary>
/// <param name="options">Its settings.</param>
/// <param name="instance">Name of the agent.</param>
/// <param name="platforms">Labels that the backend knows as platforms.</param>
internal sealed class RunnerPool(PoolOptions options, string instance, IReadOnlyCollection<string> platforms) : IDisposable
{
    /// <summary>Its name.</summary>
    public string Name => options.Name;

    /// <summary>How it takes jobs.</summary>
    public PoolMode Mode => options.Mode;

    /// <summary>Most jobs at a time.</summary>
    public int Size => options.MaxJobs;

    /// <summary>Platform used when a job's labels name none.</summary>
    public string? Platform => options.Platform;

    /// <summary>Runner group, or <c>null</c>: the default one.</summary>
    public string? Group => options.RunnerGroup;

    /// <summary>Labels of its runners.</summary>
    public ImmutableArray<string> Labels { get; } = [.. options.Labels];

    /// <summary>Those of them that say where its jobs run.</summary>
    public ImmutableArray<string> JobLabels { get; } = PoolLabels.OfJobs(options.Labels, platforms);

    /// <summary>Beginning of its runners' names.</summary>
    public string NamePrefix { get; } = RunnerName.Prefix(options.Name, instance);

    /// <summary>Its places.</summary>
    public PoolCapacity Capacity { get; } = new(options.MaxJobs);

    /// <summary>What a runner of it is registered with.</summary>
    public RegistrationRequest Registration => new() { NamePrefix = NamePrefix, Labels = Labels, Group = Group };

    public void Dispose() => Capacity.Dispose();
}
