using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Protocol.ScaleSets;

/// <summary>JSON of scale sets, for both sides. Names are read in any case, unknown members skipped, numbers also read from texts, nulls left out.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(RunnerScaleSet))]
[JsonSerializable(typeof(ScaleSetList<RunnerScaleSet>), TypeInfoPropertyName = "ScaleSets")]
[JsonSerializable(typeof(ScaleSetList<ScaleSetGroup>), TypeInfoPropertyName = "Groups")]
[JsonSerializable(typeof(ScaleSetList<ScaleSetRunner>), TypeInfoPropertyName = "Runners")]
[JsonSerializable(typeof(ScaleSetList<long>), TypeInfoPropertyName = "Requests")]
[JsonSerializable(typeof(IReadOnlyList<long>), TypeInfoPropertyName = "RequestIds")]
[JsonSerializable(typeof(IReadOnlyList<ScaleSetJob>), TypeInfoPropertyName = "MessageBody")]
[JsonSerializable(typeof(ScaleSetSessionRequest))]
[JsonSerializable(typeof(ScaleSetSession))]
[JsonSerializable(typeof(ScaleSetMessage))]
[JsonSerializable(typeof(ScaleSetRunner))]
[JsonSerializable(typeof(ScaleSetJitRequest))]
[JsonSerializable(typeof(ScaleSetJitResponse))]
[JsonSerializable(typeof(ScaleSetErrorBody))]
[JsonSerializable(typeof(TenantRequest))]
[JsonSerializable(typeof(TenantResponse))]
public sealed partial class ScaleSetJson : JsonSerializerContext;
