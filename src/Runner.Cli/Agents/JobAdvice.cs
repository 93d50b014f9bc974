using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Cli.Agents;

/// <summary>What a job used, what it asks for, and what would have done. <c>null</c>: not known. Bytes and cores.</summary>
internal sealed record JobAdvice
{
    /// <summary>Its pool.</summary>
    public required string Pool { get; init; }

    /// <summary>Its repository.</summary>
    public string? Repository { get; init; }

    /// <summary>Its workflow.</summary>
    public string? Workflow { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>So many runs of it are known.</summary>
    public int Runs { get; init; }

    /// <summary>So many of them were killed for want of memory.</summary>
    public int OutOfMemory { get; init; }

    /// <summary>Cores that it used on average.</summary>
    public decimal? MeanCores { get; init; }

    /// <summary>Peak of the memory that 19 runs in 20 do not go beyond.</summary>
    public long? PeakP95 { get; init; }

    /// <summary>The highest peak.</summary>
    public long? PeakMax { get; init; }

    /// <summary>The step that had it.</summary>
    public string? PeakStep { get; init; }

    /// <summary>CPU that it asks for.</summary>
    public decimal? CpuRequestNow { get; init; }

    /// <summary>Most CPU that it may have.</summary>
    public decimal? CpuLimitNow { get; init; }

    /// <summary>Memory that it asks for.</summary>
    public decimal? MemoryRequestNow { get; init; }

    /// <summary>Most memory that it may have.</summary>
    public decimal? MemoryLimitNow { get; init; }

    /// <summary>CPU that it should ask for.</summary>
    public decimal? Cpu { get; init; }

    /// <summary>Memory that it should ask for, and may have at most.</summary>
    public decimal? Memory { get; init; }

    /// <summary>Whether its pool has sizes, so that it orders its own pod.</summary>
    public bool HasSizes { get; init; }

    /// <summary>The smallest of these that are enough, as labels for <c>runs-on</c>.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>Of what it needs more than the largest of these: <c>cpu</c>, <c>memory</c>.</summary>
    public ImmutableArray<string> TooLarge { get; init; } = [];
}

/// <summary>JSON of the advice: an object a job.</summary>
[JsonSourceGenerationOptions(
    MaxDepth = JsonDepth.Max, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImmutableArray<JobAdvice>))]
internal sealed partial class AdviceJson : JsonSerializerContext;
