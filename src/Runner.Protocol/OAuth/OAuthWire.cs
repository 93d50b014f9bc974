using System.Text.Json.Serialization;

namespace Runner.Protocol.OAuth;

/// <summary>Header of a client assertion.</summary>
public sealed record JwtHeader
{
    /// <summary><c>JWT</c>.</summary>
    public string? Typ { get; init; }

    /// <summary><c>RS256</c> or <c>PS256</c>.</summary>
    public string? Alg { get; init; }
}

/// <summary>Claims of a client assertion (<c>registration.md</c> section 9.1). Times are seconds since 1970.</summary>
public sealed record JwtClaims
{
    /// <summary>The client id.</summary>
    public string? Sub { get; init; }

    /// <summary>The client id again.</summary>
    public string? Iss { get; init; }

    /// <summary>The authorization address.</summary>
    public string? Aud { get; init; }

    /// <summary>A new GUID for each assertion.</summary>
    public string? Jti { get; init; }

    /// <summary>Valid from.</summary>
    public long Nbf { get; init; }

    /// <summary>Valid until.</summary>
    public long Exp { get; init; }
}

/// <summary>Reply of the token endpoint (<c>registration.md</c> section 9.2).</summary>
public sealed record OAuthTokenResponse
{
    /// <summary>The bearer token.</summary>
    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    /// <summary><c>Bearer</c>.</summary>
    [JsonPropertyName("token_type")]
    public string? TokenType { get; init; }

    /// <summary>Life of the token, in seconds.</summary>
    [JsonPropertyName("expires_in")]
    public long ExpiresIn { get; init; }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"{TokenType} for {ExpiresIn} s";
}

/// <summary>Refusal by the token endpoint, with HTTP status 400.</summary>
public sealed record OAuthErrorResponse
{
    /// <summary><c>invalid_client</c>, <c>server_error</c>, …</summary>
    public string? Error { get; init; }

    /// <summary>In words.</summary>
    [JsonPropertyName("error_description")]
    public string? ErrorDescription { get; init; }
}
