using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Services.Caches;

/// <summary>JSON of the cache service: names in snake case, 64-bit numbers read from numbers and texts (protobuf's JSON mapping).</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(CacheRecord))]
[JsonSerializable(typeof(CacheEntryRequest))]
[JsonSerializable(typeof(CreateCacheResponse))]
[JsonSerializable(typeof(FinalizeCacheResponse))]
[JsonSerializable(typeof(CacheDownloadResponse))]
internal sealed partial class CacheJson : JsonSerializerContext;
