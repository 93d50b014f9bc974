namespace Runner.Services.Blobs;

/// <summary>What kind a blob is, in Azure's words.</summary>
public enum BlobType
{
    /// <summary>Written whole.</summary>
    BlockBlob,

    /// <summary>Grows by blocks at its end until it is sealed.</summary>
    AppendBlob,
}

/// <summary>Properties of a blob at one moment.</summary>
public sealed record BlobInfo
{
    /// <summary>Name with slashes.</summary>
    public required string Name { get; init; }

    /// <summary>Its kind.</summary>
    public required BlobType Type { get; init; }

    /// <summary>Size in bytes.</summary>
    public long Length { get; init; }

    /// <summary>Blocks appended so far; 0 for a block blob.</summary>
    public int BlockCount { get; init; }

    /// <summary>Whether an append blob takes no further block.</summary>
    public bool IsSealed { get; init; }

    /// <summary>Media type given by the writer.</summary>
    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>When it was last written.</summary>
    public DateTimeOffset LastModified { get; init; }

    /// <summary>Changes with every write.</summary>
    public string ETag { get; init; } = "\"0\"";
}
