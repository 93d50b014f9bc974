using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Emulator.Events;
using Runner.Emulator.Faults;
using Runner.Emulator.Results;
using Runner.Emulator.Runs;
using Runner.Jobs;

namespace Runner.Emulator.Json;

/// <summary>JSON of the emulator's own API, in camel case. GitHub's REST API is <see cref="SnakeJson"/>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(RunInfo))]
[JsonSerializable(typeof(IReadOnlyList<RunInfo>))]
[JsonSerializable(typeof(JobInfo))]
[JsonSerializable(typeof(ImmutableArray<JobInfo>))]
[JsonSerializable(typeof(RawJob))]
[JsonSerializable(typeof(WorkflowRequest))]
[JsonSerializable(typeof(EmulatorEvent))]
[JsonSerializable(typeof(FeedLines))]
[JsonSerializable(typeof(TwirpError))]
[JsonSerializable(typeof(Fault))]
[JsonSerializable(typeof(IReadOnlyList<Fault>))]
internal sealed partial class EmulatorJson : JsonSerializerContext;
