using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Outcomes;

/// <summary>JSON of a worker's outcome: camel case, names read in any case, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(WorkerOutcome))]
public sealed partial class OutcomeJson : JsonSerializerContext;
