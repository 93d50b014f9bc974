using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Protocol.OAuth;

/// <summary>
/// JSON of the token service, for both sides: a runner writes the requests and reads the replies, the emulator the reverse. Names are read in any case, unknown
/// members skipped, numbers also read from texts, nulls left out.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(JwtHeader))]
[JsonSerializable(typeof(JwtClaims))]
[JsonSerializable(typeof(OAuthTokenResponse))]
[JsonSerializable(typeof(OAuthErrorResponse))]
public sealed partial class OAuthJson : JsonSerializerContext;
