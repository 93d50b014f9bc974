using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Protocol.Results;

/// <summary>
/// JSON of the results service, for both sides: a runner writes the requests and reads the replies, the emulator the reverse. Names are read in any case, unknown
/// members skipped, numbers also read from texts, nulls left out.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = JsonDepth.Max)]
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
public sealed partial class ResultsJson : JsonSerializerContext;
