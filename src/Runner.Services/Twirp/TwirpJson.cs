using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Services.Twirp;

/// <summary>JSON of what all Twirp services answer: names in snake case, 64-bit numbers read from numbers and texts (protobuf's JSON mapping).</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(TwirpErrorBody))]
internal sealed partial class TwirpJson : JsonSerializerContext;
