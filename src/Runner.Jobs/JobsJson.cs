using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;

namespace Runner.Jobs;

/// <summary>JSON of the job message, the launch payload, the worker's link to its launcher and its outcome: camel case, names read in any case, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(JobMessage))]
[JsonSerializable(typeof(LaunchPayload))]
[JsonSerializable(typeof(WorkerOutcome))]
[JsonSerializable(typeof(WorkerEvent))]
[JsonSerializable(typeof(WorkerRequest))]
[JsonSerializable(typeof(RequestResult))]
[JsonSerializable(typeof(RequestMessage))]
public sealed partial class JobsJson : JsonSerializerContext;
