using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Emulator.Events;

/// <summary>JSON of what the emulator tells its watchers.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(EmulatorEvent))]
internal sealed partial class WatchJson : JsonSerializerContext;
