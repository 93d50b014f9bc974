using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Runner.Services.Json;

namespace Runner.Emulator.Json;

/// <summary>Reads request bodies, whatever content type they claim: GitHub's services do not insist on one.</summary>
internal static class RequestJson
{
    /// <summary>The body, or <c>null</c> where it is not the JSON expected.</summary>
    /// <param name="request">The request.</param>
    /// <param name="type">What is expected.</param>
    /// <param name="check">Throws a <see cref="JsonException"/> where the type alone would take too much; <c>null</c>: nothing more is asked for.</param>
    public static async Task<T?> TryReadAsync<T>(this HttpRequest request, JsonTypeInfo<T> type, Action<JsonElement>? check = null)
        where T : class
    {
        try
        {
            return await JsonBody.ReadAsync(request.Body, type, check, request.HttpContext.RequestAborted);
        }
        catch (JsonException)
        {
            return null; // the caller answers as GitHub does to a body it cannot read
        }
    }
}
