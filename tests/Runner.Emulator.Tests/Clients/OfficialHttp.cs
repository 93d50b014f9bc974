using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Runner.Emulator.Tests.Clients;

/// <summary>How GitHub's runner puts its requests: JSON with a charset, names read in any case.</summary>
internal static class OfficialHttp
{
    public static Task<HttpResponseMessage> SendAsync(
        HttpClient http, HttpMethod method, Uri url, string? token, string? json, CancellationToken cancellationToken, string scheme = "Bearer")
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(scheme, token);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        return http.SendAsync(request, cancellationToken);
    }

    /// <summary>A member, its name read in any case.</summary>
    public static JsonNode? Member(JsonObject parent, string name) =>
        parent.FirstOrDefault(member => string.Equals(member.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
}
