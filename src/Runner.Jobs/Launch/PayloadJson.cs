using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Launch;

/// <summary>JSON of the launch payload: camel case, names read in any case, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(LaunchPayload))]
public sealed partial class PayloadJson : JsonSerializerContext;
