using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Protocol.RunService;

/// <summary>
/// JSON of the run service, for both sides: a runner writes the requests and reads the replies, the emulator the reverse. Names are read in any case, unknown
/// members skipped, numbers also read from texts, nulls left out.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(AcquireJobRequest))]
[JsonSerializable(typeof(RenewJobRequest))]
[JsonSerializable(typeof(RenewJobResponse))]
[JsonSerializable(typeof(CompleteJobRequest))]
[JsonSerializable(typeof(RunServiceErrorBody))]
public sealed partial class RunServiceJson : JsonSerializerContext;
