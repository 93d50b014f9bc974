using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Services.Blobs;

namespace Runner.Services.S3;

/// <summary>What is known of a blob whose bytes are objects of their own.</summary>
internal sealed record BlobHead
{
    /// <summary>Whose budget it counts to.</summary>
    public required string Group { get; init; }

    /// <summary>The objects that are its bytes, in their order; <c>null</c>: it has none yet.</summary>
    public ImmutableArray<BlobPart>? Parts { get; init; }

    /// <summary>Media type given by the writer, or <c>null</c>.</summary>
    public string? ContentType { get; init; }

    /// <summary>When it was last written.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>When bytes last arrived, to the minute.</summary>
    public DateTimeOffset? LastReceived { get; init; }

    /// <summary>Whether it takes no writes any more.</summary>
    public bool IsSealed { get; init; }

    /// <summary>Bytes of all parts.</summary>
    [JsonIgnore]
    public long Length => Parts?.Sum(part => part.Length) ?? 0;

    /// <summary>Its properties; <c>null</c>: nothing was written.</summary>
    public BlobInfo? InfoOf(string name)
    {
        if (Parts is null)
        {
            return null;
        }

        var info = new BlobInfo
        {
            Name = name,
            Type = BlobType.BlockBlob,
            Length = Length,
            IsSealed = IsSealed,
            LastModified = LastModified ?? default,
            ETag = $"\"0x{(LastModified ?? default).UtcTicks:X}\"",
        };
        return string.IsNullOrEmpty(ContentType) ? info : info with { ContentType = ContentType };
    }
}

/// <summary>An object that is a part of a blob.</summary>
/// <param name="Name">Its name below the blob's.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record BlobPart(string Name, long Length);

/// <summary>JSON of what the bucket has beside records.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(BlobHead))]
internal sealed partial class S3Json : JsonSerializerContext;
