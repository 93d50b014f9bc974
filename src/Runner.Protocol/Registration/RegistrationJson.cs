using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Protocol.Registration;

/// <summary>JSON of what a JIT configuration holds: names are read in any case, unknown members skipped, numbers also read from texts.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(RunnerSettings))]
[JsonSerializable(typeof(RunnerCredentials))]
[JsonSerializable(typeof(RsaKey))]
public sealed partial class RegistrationJson : JsonSerializerContext;
