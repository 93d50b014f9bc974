using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Services.Json;

namespace Runner.Emulator.Tokens;

/// <summary>The three parts of a JSON web token in compact form.</summary>
/// <param name="Header">Says how it is signed.</param>
/// <param name="Payload">The claims.</param>
/// <param name="Signed">The bytes that the signature is over.</param>
/// <param name="Signature">The signature.</param>
internal sealed record Jwt(JsonObject Header, JsonObject Payload, byte[] Signed, byte[] Signature)
{
    /// <summary>Takes a token apart; <c>null</c> where it is none. Nothing is verified.</summary>
    public static Jwt? Parse(string? text)
    {
        if (text?.Split('.') is not [var header, var payload, var signature])
        {
            return null;
        }

        try
        {
            return JsonBody.ReadObject(Base64Url.DecodeFromChars(header)) is { } head
                && JsonBody.ReadObject(Base64Url.DecodeFromChars(payload)) is { } claims
                ? new Jwt(head, claims, Encoding.ASCII.GetBytes($"{header}.{payload}"), Base64Url.DecodeFromChars(signature))
                : null;
        }
        catch (Exception broken) when (broken is FormatException or JsonException)
        {
            return null; // whatever a stranger sends as a token
        }
    }

    /// <summary>Puts a token together.</summary>
    public static string Write(JsonObject header, JsonObject payload, Func<byte[], byte[]> sign)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>A claim as text, or <c>null</c>.</summary>
    public string? Text(string claim) => Payload[claim] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>A claim that is a time in seconds since 1970, or <c>null</c>.</summary>
    public DateTimeOffset? Time(string claim) =>
        Payload[claim] is JsonValue value && value.TryGetValue<double>(out var seconds) && seconds is > 0 and < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
