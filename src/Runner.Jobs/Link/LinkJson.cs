using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Link;

/// <summary>JSON of the worker's link to its launcher: camel case, names read in any case, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(WorkerEvent))]
[JsonSerializable(typeof(WorkerRequest))]
[JsonSerializable(typeof(RequestResult))]
[JsonSerializable(typeof(RequestMessage))]
public sealed partial class LinkJson : JsonSerializerContext;
