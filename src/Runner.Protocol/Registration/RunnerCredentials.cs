using System.Text.Json.Serialization;
using Runner.Protocol.Json;

namespace Runner.Protocol.Registration;

/// <summary>The file <c>.credentials</c> (<c>registration.md</c> section 7.2). It holds no secret: that is the key.</summary>
public sealed record RunnerCredentials
{
    /// <summary><c>OAuth</c>.</summary>
    public string Scheme { get; init => field = value ?? "OAuth"; } = "OAuth";

    /// <summary>Its values.</summary>
    public CredentialData Data { get; init => field = value ?? new CredentialData(); } = new();
}

/// <summary>Values of the credentials; in the file all of them are texts.</summary>
public sealed record CredentialData
{
    /// <summary>OAuth client, a GUID.</summary>
    public string ClientId { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Audience of the client assertion, and the token endpoint unless <see cref="OAuthEndpointUrl"/> names another.</summary>
    public string AuthorizationUrl { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Token endpoint, or <c>null</c>.</summary>
    [JsonPropertyName("oauthEndpointUrl")]
    public string? OAuthEndpointUrl { get; init; }

    /// <summary>Whether to sign with PS256 instead of RS256.</summary>
    [JsonConverter(typeof(TextBooleanConverter))]
    public bool RequireFipsCryptography { get; init; }

    /// <summary>Second endpoint, used instead of the first where it is given; then also the audience.</summary>
    public string? AuthorizationUrlV2 { get; init; }
}
