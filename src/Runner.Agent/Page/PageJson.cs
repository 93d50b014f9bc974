using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Agent.Board;
using Runner.Agent.Configuration;
using Runner.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Page;

/// <summary>The answer of <c>/api/v1/pools</c>.</summary>
public sealed record PoolsAnswer
{
    /// <summary>The agent.</summary>
    public required AgentFacts Agent { get; init; }

    /// <summary>Its pools.</summary>
    public ImmutableArray<PoolView> Pools { get; init; } = [];

    /// <summary>Why jobs failed.</summary>
    public ImmutableArray<FailureView> Failures { get; init; } = [];

    /// <summary>The moment of the answer by the agent's clock.</summary>
    public DateTimeOffset Now { get; init; }
}

/// <summary>The answer of <c>/api/v1/jobs</c>.</summary>
public sealed record JobsAnswer
{
    /// <summary>Jobs that the agent looks after.</summary>
    public ImmutableArray<JobView> Jobs { get; init; } = [];

    /// <summary>Jobs that have ended, the last first.</summary>
    public ImmutableArray<JobView> Recent { get; init; } = [];

    /// <summary>The moment of the answer by the agent's clock.</summary>
    public DateTimeOffset Now { get; init; }
}

/// <summary>The answer of <c>/api/v1/usage</c>.</summary>
public sealed record UsageAnswer
{
    /// <summary>Whether workers measure what jobs use (<c>monitoring.usage.enabled</c>).</summary>
    public bool IsMeasured { get; init; }

    /// <summary>The jobs that ran since the agent started, and what they used.</summary>
    public ImmutableArray<UsedJob> Jobs { get; init; } = [];

    /// <summary>The moment of the answer by the agent's clock.</summary>
    public DateTimeOffset Now { get; init; }
}

/// <summary>What the data of an event <c>change</c> is: that something is other than before, which is then asked for.</summary>
/// <param name="Version">Another number with each change.</param>
public sealed record ChangeEvent(long Version);

/// <summary>Why a request is not answered.</summary>
/// <param name="Error">In words.</param>
/// <param name="Nearest">The id that may have been meant, or <c>null</c>.</param>
/// <param name="Link">Where the answer can be found instead, or <c>null</c>.</param>
public sealed record PageError(string Error, string? Nearest = null, Uri? Link = null);

/// <summary>JSON of the page.</summary>
[JsonSourceGenerationOptions(
    MaxDepth = JsonDepth.Max,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(Words<JobState>), typeof(Words<Conclusion>), typeof(Words<PoolMode>)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AgentView))]
[JsonSerializable(typeof(PoolsAnswer))]
[JsonSerializable(typeof(JobsAnswer))]
[JsonSerializable(typeof(UsageAnswer))]
[JsonSerializable(typeof(ChangeEvent))]
[JsonSerializable(typeof(PageError))]
public sealed partial class PageJson : JsonSerializerContext;

/// <summary>Closed choices are words: <c>scaleSet</c>.</summary>
internal sealed class Words<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
