using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Protocol.Broker;

/// <summary>
/// JSON of the broker, for both sides: a runner writes the requests and reads the replies, the emulator the reverse. Names are read in any case, unknown
/// members skipped, numbers also read from texts, nulls left out.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(CreateSessionRequest))]
[JsonSerializable(typeof(RunnerSession))]
[JsonSerializable(typeof(RunnerMessage))]
[JsonSerializable(typeof(RunnerJobRequest))]
[JsonSerializable(typeof(JobCancellation))]
[JsonSerializable(typeof(BrokerMigration))]
[JsonSerializable(typeof(AcknowledgeRequest))]
[JsonSerializable(typeof(BrokerErrorBody))]
public sealed partial class BrokerJson : JsonSerializerContext;
