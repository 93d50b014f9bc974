using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Outcomes;

/// <summary>JSON of what a worker leaves of its log: as its outcome's, in which it may be.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(LeftLog))]
public sealed partial class LeftLogJson : JsonSerializerContext;
