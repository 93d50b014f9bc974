using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Emulator.Results;

/// <summary>JSON of the live feed and of refusals.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(FeedLines))]
[JsonSerializable(typeof(TwirpError))]
internal sealed partial class FeedJson : JsonSerializerContext;
