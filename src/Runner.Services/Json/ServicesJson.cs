using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Services.Artifacts;
using Runner.Services.Caches;
using Runner.Services.Twirp;

namespace Runner.Services.Json;

/// <summary>JSON of the services: names in snake case, 64-bit numbers read from numbers and texts (protobuf's JSON mapping).</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(ArtifactRecord))]
[JsonSerializable(typeof(CacheRecord))]
[JsonSerializable(typeof(TwirpErrorBody))]
[JsonSerializable(typeof(CreateArtifactRequest))]
[JsonSerializable(typeof(CreateArtifactResponse))]
[JsonSerializable(typeof(FinalizeArtifactRequest))]
[JsonSerializable(typeof(ArtifactIdResponse))]
[JsonSerializable(typeof(ListArtifactsRequest))]
[JsonSerializable(typeof(ListArtifactsResponse))]
[JsonSerializable(typeof(ArtifactNameRequest))]
[JsonSerializable(typeof(SignedUrlResponse))]
[JsonSerializable(typeof(CacheEntryRequest))]
[JsonSerializable(typeof(CreateCacheResponse))]
[JsonSerializable(typeof(FinalizeCacheResponse))]
[JsonSerializable(typeof(CacheDownloadResponse))]
internal sealed partial class ServicesJson : JsonSerializerContext;
