namespace Runner.Protocol.Results;

/// <summary>Where a log or summary may be put. The address is the permission: it prints as its host only.</summary>
public sealed record SignedBlob
{
    /// <summary>Signed address, with a query.</summary>
    public required Uri Address { get; init; }

    /// <summary>Whether the storage is Azure's, which takes <c>x-ms-*</c> headers.</summary>
    public required bool IsAzure { get; init; }

    /// <summary>Most bytes, or <c>null</c>.</summary>
    public long? SoftSizeLimit { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Address.Host;
}
