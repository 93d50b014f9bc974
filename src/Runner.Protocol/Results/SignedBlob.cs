using System.Globalization;

namespace Runner.Protocol.Results;

/// <summary>Where a log or summary may be put. The address is the permission: it prints as its host only.</summary>
public sealed record SignedBlob
{
    // Azure's shared access signatures name their end so: https://learn.microsoft.com/rest/api/storageservices/create-service-sas
    private const string Expiry = "se=";

    /// <summary>Signed address, with a query.</summary>
    public required Uri Address { get; init; }

    /// <summary>Whether the storage is Azure's, which takes <c>x-ms-*</c> headers.</summary>
    public required bool IsAzure { get; init; }

    /// <summary>Most bytes, or <c>null</c>.</summary>
    public long? SoftSizeLimit { get; init; }

    /// <summary>When the signature ends, by the storage's clock; <c>null</c> where the address does not say.</summary>
    public DateTimeOffset? Expires =>
        Address.Query.TrimStart('?').Split('&').FirstOrDefault(part => part.StartsWith(Expiry, StringComparison.Ordinal)) is { } part
        && DateTimeOffset.TryParse(
            Uri.UnescapeDataString(part[Expiry.Length..]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            ? end
            : null;

    /// <inheritdoc/>
    public override string ToString() => Address.Host;
}
