namespace Runner.Backends;

/// <summary>What a job's own container asks for and may have. <c>null</c>: nothing is said of that.</summary>
public sealed record PlaceResources
{
    /// <summary>Cores that its node keeps for it.</summary>
    public decimal? CpuRequest { get; init; }

    /// <summary>Most cores.</summary>
    public decimal? CpuLimit { get; init; }

    /// <summary>Bytes that its node keeps for it.</summary>
    public decimal? MemoryRequest { get; init; }

    /// <summary>Most bytes.</summary>
    public decimal? MemoryLimit { get; init; }
}
