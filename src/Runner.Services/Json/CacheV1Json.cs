using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Services.Caches;

namespace Runner.Services.Json;

/// <summary>JSON of the cache service's older REST form: names in camel case.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(CacheV1Entry))]
[JsonSerializable(typeof(CacheV1List))]
[JsonSerializable(typeof(CacheV1Reservation))]
[JsonSerializable(typeof(CacheV1Reserved))]
[JsonSerializable(typeof(CacheV1Commit))]
[JsonSerializable(typeof(CacheV1Error))]
internal sealed partial class CacheV1Json : JsonSerializerContext;
