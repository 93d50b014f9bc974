using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Emulator.Runs;

/// <summary>JSON of runs in the emulator's own API.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(RunInfo))]
[JsonSerializable(typeof(IReadOnlyList<RunInfo>))]
[JsonSerializable(typeof(JobInfo))]
[JsonSerializable(typeof(ImmutableArray<JobInfo>))]
[JsonSerializable(typeof(RawJob))]
[JsonSerializable(typeof(WorkflowRequest))]
internal sealed partial class RunJson : JsonSerializerContext;
