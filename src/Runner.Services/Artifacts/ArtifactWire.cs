using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Runner.Services.Artifacts;

/// <summary>Messages of <c>ArtifactService</c>; <c>local-services.md</c> section 3 has all of these.</summary>
internal sealed record CreateArtifactRequest
{
    public string WorkflowRunBackendId { get; init => field = value ?? string.Empty; } = string.Empty;

    public string Name { get; init => field = value ?? string.Empty; } = string.Empty;

    public DateTimeOffset? ExpiresAt { get; init; }

    public string? MimeType { get; init; }
}

internal sealed record CreateArtifactResponse(bool Ok, string SignedUploadUrl);

internal sealed record FinalizeArtifactRequest
{
    public string WorkflowRunBackendId { get; init => field = value ?? string.Empty; } = string.Empty;

    public string Name { get; init => field = value ?? string.Empty; } = string.Empty;

    public long Size { get; init; }

    public string? Hash { get; init; }
}

internal sealed record ArtifactIdResponse(
    bool Ok, [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] long ArtifactId);

internal sealed record ListArtifactsRequest
{
    public string WorkflowRunBackendId { get; init => field = value ?? string.Empty; } = string.Empty;

    public string? NameFilter { get; init; }

    public long? IdFilter { get; init; }
}

internal sealed record ListArtifactsResponse(ImmutableArray<ListedArtifact> Artifacts);

internal sealed record ListedArtifact
{
    public required string WorkflowRunBackendId { get; init; }

    public required string WorkflowJobRunBackendId { get; init; }

    [JsonNumberHandling(JsonNumberHandling.WriteAsString)]
    public required long DatabaseId { get; init; }

    public required string Name { get; init; }

    [JsonNumberHandling(JsonNumberHandling.WriteAsString)]
    public required long Size { get; init; }

    /// <summary>Protobuf's JSON form of a time: with a fraction it must end in <c>Z</c>, or the client throws.</summary>
    public required string CreatedAt { get; init; }

    public required string? Digest { get; init; }
}

/// <summary>Request of <c>GetSignedArtifactURL</c> and <c>DeleteArtifact</c>.</summary>
internal sealed record ArtifactNameRequest
{
    public string WorkflowRunBackendId { get; init => field = value ?? string.Empty; } = string.Empty;

    public string Name { get; init => field = value ?? string.Empty; } = string.Empty;
}

internal sealed record SignedUrlResponse(string SignedUrl);
