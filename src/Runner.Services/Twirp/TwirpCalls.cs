using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Runner.Jobs.Callers;
using Runner.Services.Callers;
using Runner.Services.Json;

namespace Runner.Services.Twirp;

/// <summary>What all calls of a Twirp service have in common: the caller, the body, refusals.</summary>
internal sealed class TwirpCalls(ICallerSource callers)
{
    /// <summary>Answers a call, or says why not.</summary>
    public async Task<IResult> AnswerAsync<T>(HttpContext http, JsonTypeInfo<T> type, Func<ServiceCaller, T, Task<IResult>> answer)
        where T : class
    {
        try
        {
            var caller = Caller(http);
            return await answer(caller, await ReadAsync(http, type));
        }
        catch (ServiceRefusal refusal)
        {
            return TypedResults.Json(
                new TwirpErrorBody(refusal.Code, refusal.Message), TwirpJson.Default.TwirpErrorBody, statusCode: refusal.Status);
        }
    }

    /// <summary>The job that calls.</summary>
    /// <exception cref="ServiceRefusal">The request carries no runtime token.</exception>
    public ServiceCaller Caller(HttpContext http) =>
        callers.Find(AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization, out var header) ? header.Parameter : null)
            ?? throw ServiceRefusal.Unauthenticated();

    /// <summary>The body.</summary>
    /// <exception cref="ServiceRefusal">It is not the JSON expected.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await JsonBody.ReadAsync(http.Request.Body, type, http.RequestAborted)
                ?? throw new ServiceRefusal(400, "malformed", "the body is empty");
        }
        catch (JsonException error)
        {
            throw new ServiceRefusal(400, "malformed", $"the body cannot be read: {error.Message}");
        }
    }
}

/// <summary>An error of a Twirp service.</summary>
internal sealed record TwirpErrorBody(string Code, string Msg);
