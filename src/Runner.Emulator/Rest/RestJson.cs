using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Emulator.Rest;

/// <summary>JSON of GitHub's REST API: names in snake case.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(RestErrorBody))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(JitRequest))]
[JsonSerializable(typeof(JitResponse))]
[JsonSerializable(typeof(RunnerBody))]
[JsonSerializable(typeof(RunnerListBody))]
[JsonSerializable(typeof(RunnerGroupListBody))]
[JsonSerializable(typeof(RunnerGroupBody))]
[JsonSerializable(typeof(RunnerGroupRequest))]
[JsonSerializable(typeof(RepositoryBody))]
[JsonSerializable(typeof(RegistrationRequest))]
[JsonSerializable(typeof(RegistrationResponse))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(RegisterResponse))]
[JsonSerializable(typeof(MetaBody))]
[JsonSerializable(typeof(InstallationBody))]
internal sealed partial class RestJson : JsonSerializerContext;
