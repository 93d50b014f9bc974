using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;

namespace Runner.Integration.Tests.Agents;

/// <summary>What an administrator sees and does at GitHub about the scale sets of an organisation.</summary>
internal sealed class ScaleSetLook : IDisposable
{
#pragma warning disable RS0030 // a test's own client
    private readonly HttpClient _http = new();
#pragma warning restore RS0030
    private readonly ActionsTenant _tenant;
    private readonly ScaleSetClient _client;

    public ScaleSetLook(Uri server)
    {
        _tenant = new ActionsTenant(
            _http, new Uri(server, "api/v3/"), new Uri(server, "acme"), token => TokenAsync(server, token), new RetryOptions(), TimeProvider.System, NullLogger<ActionsTenant>.Instance);
        _client = new ScaleSetClient(_http, _tenant, new RetryOptions(), TimeProvider.System, NullLogger<ScaleSetClient>.Instance);
    }

    /// <summary>Deletes every set.</summary>
    public async Task DeleteAllAsync(CancellationToken cancellationToken)
    {
        foreach (var set in await ListAsync(cancellationToken))
        {
            Assert.True(await _client.DeleteAsync(set.Id ?? 0, cancellationToken));
        }
    }

    /// <summary>Every set.</summary>
    public async Task<IReadOnlyList<RunnerScaleSet>> ListAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(await _tenant.AddressAsync(cancellationToken), ScaleSetRoutes.Sets));
        request.Headers.Authorization = new("Bearer", (await _tenant.GetAsync(cancellationToken)).Reveal());
        using var response = await _http.SendAsync(request, cancellationToken);
        return JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(cancellationToken), ScaleSetJson.Default.ScaleSets)!.Value; // an answer has a body
    }

    public void Dispose()
    {
        _tenant.Dispose();
        _http.Dispose();
    }

    private async Task<Secret> TokenAsync(Uri server, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "api/v3/orgs/acme/actions/runners/registration-token"));
        request.Headers.Authorization = new("Bearer", "emulator");
        using var response = await _http.SendAsync(request, cancellationToken);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return new Secret(body.RootElement.GetProperty("token").GetString()!); // always there
    }
}
