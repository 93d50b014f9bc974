using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Services.Artifacts;

/// <summary>JSON of the artifact service: names in snake case, 64-bit numbers read from numbers and texts (protobuf's JSON mapping).</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(ArtifactRecord))]
[JsonSerializable(typeof(CreateArtifactRequest))]
[JsonSerializable(typeof(CreateArtifactResponse))]
[JsonSerializable(typeof(FinalizeArtifactRequest))]
[JsonSerializable(typeof(ArtifactIdResponse))]
[JsonSerializable(typeof(ListArtifactsRequest))]
[JsonSerializable(typeof(ListArtifactsResponse))]
[JsonSerializable(typeof(ArtifactNameRequest))]
[JsonSerializable(typeof(SignedUrlResponse))]
internal sealed partial class ArtifactJson : JsonSerializerContext;
