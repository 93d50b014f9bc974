using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Protocol.Broker;

namespace Runner.Protocol.Tenant;

/// <summary>
/// JSON of the older protocol (V1), for both sides: a runner writes the requests and reads the replies, the emulator the reverse. Names are read in
/// any case, unknown members skipped, numbers also read from texts, nulls left out.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(ConnectionData))]
[JsonSerializable(typeof(TenantErrorBody))]
[JsonSerializable(typeof(TenantList<TaskAgentPool>), TypeInfoPropertyName = "Pools")]
[JsonSerializable(typeof(TenantList<TaskAgent>), TypeInfoPropertyName = "Agents")]
[JsonSerializable(typeof(TaskAgent))]
[JsonSerializable(typeof(CreateSessionRequest))]
[JsonSerializable(typeof(TenantSession))]
[JsonSerializable(typeof(TenantMessage))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobEnvelope))]
[JsonSerializable(typeof(TenantList<TimelineRecord>), TypeInfoPropertyName = "TimelineRecords")]
[JsonSerializable(typeof(TaskLog))]
[JsonSerializable(typeof(FeedLines))]
[JsonSerializable(typeof(JobCompletedEvent))]
[JsonSerializable(typeof(ActionReferences))]
[JsonSerializable(typeof(TenantActionDownloads))]
public sealed partial class TenantJson : JsonSerializerContext;
