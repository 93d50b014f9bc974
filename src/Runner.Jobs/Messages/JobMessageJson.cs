using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Messages;

/// <summary>JSON of the job message: camel case, names read in any case, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(JobMessage))]
public sealed partial class JobMessageJson : JsonSerializerContext;
