using System.Collections.Immutable;
using Runner.Agent.Configuration;
using Runner.Backends;
using Runner.GitHub.Registration;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;

namespace Runner.Agent.Pools;

/// <summary>A pool: which runners it registers, and its places for jobs.</summary>
/// <param name="options">Its settings.</param>
/// <param name="instance">Name of the agent.</param>
/// <param name="platforms">Labels that the backend knows as platforms.</param>
/// <param name="time">The clock; by default the machine's.</param>
internal sealed class RunnerPool(PoolOptions options, string instance, IReadOnlyCollection<string> platforms, TimeProvider? time = null) : IDisposable
{
    private volatile bool _hasSession;
    private readonly PoolSizes? _sizes = SizesOf(options);
    private readonly ImmutableArray<string> _own = PoolLabels.OfJobs(options.Labels, platforms);

    /// <summary>Its name.</summary>
    public string Name => options.Name;

    /// <summary>How it takes jobs.</summary>
    public PoolMode Mode => options.Mode;

    /// <summary>Most jobs at a time.</summary>
    public int Size => options.MaxJobs;

    /// <summary>Platform used when a job's labels name none.</summary>
    public string? Platform => options.Platform;

    /// <summary>For how long jobs that are debugged stay where a step failed, or <c>null</c>: they do not.</summary>
    public TimeSpan? HoldOnFailure => options.HoldOnFailure;

    /// <summary>Pods that wait for its jobs, or <c>null</c>: none do.</summary>
    public WarmOptions? Warm => options.Warm;

    /// <summary>Whether this agent takes jobs of it: of a scale set does the one that has its session.</summary>
    public bool IsTaking => Mode == PoolMode.Runners || _hasSession;

    /// <summary>Runner group, or <c>null</c>: the default one.</summary>
    public string? Group => options.RunnerGroup;

    /// <summary>Labels of its runners, those of its sizes among them.</summary>
    public ImmutableArray<string> Labels { get; } = [.. options.Labels.Concat(SizesOf(options)?.Labels ?? []).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Those of its sizes alone.</summary>
    public ImmutableArray<string> Sizes => _sizes?.Labels ?? [];

    /// <summary>Whether its jobs are placed by labels of their own.</summary>
    public bool HasSizes => _sizes is not null;

    /// <summary>The most that a container of its jobs may ask for, or <c>null</c>: it has no sizes.</summary>
    public MostResources? Most => _sizes?.Most;

    /// <summary>The labels that place a job of it.</summary>
    /// <param name="asked">Labels that the job asks for, as far as they are known. They count in a pool that has sizes.</param>
    /// <exception cref="Jobs.Errors.WorkflowException">The job asks for what the pool does not give.</exception>
    public ImmutableArray<string> LabelsOf(IReadOnlyCollection<string> asked) => _sizes?.Choose(Name, _own, [.. options.Labels], asked) ?? _own;

    /// <summary>Beginning of its runners' names.</summary>
    public string NamePrefix { get; } = RunnerName.Prefix(options.Name, instance);

    /// <summary>Its places.</summary>
    public PoolCapacity Capacity { get; } = new(options.MaxJobs);

    /// <summary>Room for the pods of its jobs.</summary>
    public PoolRoom Room { get; } = new(time ?? TimeProvider.System);

    /// <summary>The kind of its jobs that ask for nothing of their own.</summary>
    public JobKind Kind => field ??= new JobKind(Name, LabelsOf([]), Platform, options.Placeable);

    /// <summary>What a runner of it is registered with.</summary>
    public RegistrationRequest Registration => new() { NamePrefix = NamePrefix, Labels = Labels, Group = Group };

    /// <summary>This agent has the session of its scale set, or has it no more.</summary>
    public void SetSession(bool isHeld) => _hasSession = isHeld;

    public void Dispose() => Capacity.Dispose();

    private static PoolSizes? SizesOf(PoolOptions options) => options.Sizes is { } sizes ? PoolSizes.Of(sizes) : null;
}
