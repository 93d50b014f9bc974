using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Protocol.Broker;
using Runner.Protocol.Launch;
using Runner.Protocol.OAuth;
using Runner.Protocol.Registration;
using Runner.Protocol.Results;
using Runner.Protocol.RunService;

namespace Runner.Protocol;

/// <summary>
/// JSON of GitHub's Actions services, for both sides: a runner writes the requests and reads the replies, the emulator the reverse.
/// Names are read in any case, unknown members skipped, numbers also read from texts, nulls left out.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(RunnerSettings))]
[JsonSerializable(typeof(RunnerCredentials))]
[JsonSerializable(typeof(RsaKey))]
[JsonSerializable(typeof(JwtHeader))]
[JsonSerializable(typeof(JwtClaims))]
[JsonSerializable(typeof(OAuthTokenResponse))]
[JsonSerializable(typeof(OAuthErrorResponse))]
[JsonSerializable(typeof(CreateSessionRequest))]
[JsonSerializable(typeof(RunnerSession))]
[JsonSerializable(typeof(RunnerMessage))]
[JsonSerializable(typeof(RunnerJobRequest))]
[JsonSerializable(typeof(JobCancellation))]
[JsonSerializable(typeof(BrokerMigration))]
[JsonSerializable(typeof(AcknowledgeRequest))]
[JsonSerializable(typeof(BrokerErrorBody))]
[JsonSerializable(typeof(AcquireJobRequest))]
[JsonSerializable(typeof(RenewJobRequest))]
[JsonSerializable(typeof(RenewJobResponse))]
[JsonSerializable(typeof(CompleteJobRequest))]
[JsonSerializable(typeof(RunServiceErrorBody))]
[JsonSerializable(typeof(StepsUpdateRequest))]
[JsonSerializable(typeof(ResultsResponse))]
[JsonSerializable(typeof(StepLogsUrlRequest))]
[JsonSerializable(typeof(JobLogsUrlRequest))]
[JsonSerializable(typeof(LogsUrlResponse))]
[JsonSerializable(typeof(DiagnosticLogsUrlResponse))]
[JsonSerializable(typeof(StepLogsMetadataRequest))]
[JsonSerializable(typeof(JobLogsMetadataRequest))]
[JsonSerializable(typeof(StepSummaryUrlResponse))]
[JsonSerializable(typeof(StepSummaryMetadataRequest))]
[JsonSerializable(typeof(ResolveActionsRequest))]
[JsonSerializable(typeof(ResolveActionsResponse))]
[JsonSerializable(typeof(ResolveActionsError))]
public sealed partial class ProtocolJson : JsonSerializerContext;
