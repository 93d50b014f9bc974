using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Runner.Emulator.Json;

/// <summary>Reads request bodies, whatever content type they claim: GitHub's services do not insist on one.</summary>
internal static class RequestJson
{
    /// <summary>The body, or <c>null</c> where it is not the JSON expected.</summary>
    public static async Task<T?> TryReadAsync<T>(this HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted);
        }
        catch (JsonException)
        {
            return null; // the caller answers as GitHub does to a body it cannot read
        }
    }
}
