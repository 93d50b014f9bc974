using System.Net.Http.Headers;
using System.Text.Json.Serialization.Metadata;
using Runner.Protocol.Http;

namespace Runner.Protocol.Tenant;

/// <summary>Calls of one tenant: finds the resource, says which version is spoken, and judges the answer. It retries nothing.</summary>
internal sealed class TenantTransport(HttpClient http, Uri address, ITokenSource tokens, TenantLocations locations, TimeProvider time)
{
    private readonly ServiceTransport _transport = new(http, tokens, time);

    /// <summary>Makes a call; what is no success is thrown.</summary>
    public async Task<ServiceReply> SendAsync(TenantCall call, CancellationToken cancellationToken)
    {
        var resource = await locations.FindAsync(_transport, address, call.Resource, call.Values, cancellationToken);
        var query = string.Join('&', call.Query.Select(part => $"{part.Key}={Uri.EscapeDataString(part.Value)}"));
        var service = new ServiceCall(call.Method, query.Length == 0 ? resource : new Uri($"{resource.AbsoluteUri}?{query}"), call.Resource.Name)
        {
            Content = call.Content is { } content ? () => Versioned(content(), call.Version) : null,
            Configure = request => Configure(request, call),
        };
        return TenantReplies.Checked(await _transport.SendAsync(call.Timeout is { } limit ? service with { Timeout = limit } : service, cancellationToken));
    }

    private static void Configure(HttpRequestMessage request, TenantCall call)
    {
        request.Headers.Accept.Clear();
        request.Headers.TryAddWithoutValidation("Accept", $"application/json; api-version={call.Version}");
        request.Headers.TryAddWithoutValidation("X-TFS-FedAuthRedirect", "Suppress");
        if (call.OrchestrationId is { Length: > 0 } orchestration)
        {
            request.Headers.TryAddWithoutValidation("X-VSS-OrchestrationId", orchestration);
        }
    }

    private static HttpContent Versioned(HttpContent content, string version)
    {
        content.Headers.ContentType?.Parameters.Add(new NameValueHeaderValue("api-version", version));
        return content;
    }
}

/// <summary>A call of a tenant.</summary>
internal sealed record TenantCall(HttpMethod Method, TenantResource Resource)
{
    /// <summary>What fills the places of the resource's path.</summary>
    public Dictionary<string, string?> Values { get; init; } = [];

    /// <summary>Parameters.</summary>
    public Dictionary<string, string> Query { get; init; } = [];

    /// <summary>Version; that of the resource unless a method has another.</summary>
    public string Version { get; init; } = Resource.ApiVersion;

    /// <summary>Makes the body, anew for each try, or <c>null</c>.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Limit for the whole answer, or <c>null</c>: the usual one.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Name of the job across services, or <c>null</c>.</summary>
    public string? OrchestrationId { get; init; }

    /// <summary>The same with a JSON body.</summary>
    public TenantCall With<T>(T body, JsonTypeInfo<T> type) => this with { Content = () => ServiceCall.Json(body, type) };
}
