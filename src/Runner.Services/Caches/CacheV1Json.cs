using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Services.Caches;

/// <summary>JSON of the cache service's older REST form: names in camel case.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(CacheV1Entry))]
[JsonSerializable(typeof(CacheV1List))]
[JsonSerializable(typeof(CacheV1Reservation))]
[JsonSerializable(typeof(CacheV1Reserved))]
[JsonSerializable(typeof(CacheV1Commit))]
[JsonSerializable(typeof(CacheV1Error))]
internal sealed partial class CacheV1Json : JsonSerializerContext;
