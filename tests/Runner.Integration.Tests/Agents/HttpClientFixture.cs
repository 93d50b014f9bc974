using System.Net.Http.Headers;
using System.Text.Json;

namespace Runner.Integration.Tests.Agents;

/// <summary>Plain calls, as a probe or a script makes them.</summary>
internal sealed class HttpClientFixture : IDisposable
{
#pragma warning disable RS0030 // a test's own client
    private readonly HttpClient _http = new();
#pragma warning restore RS0030

    public HttpClientFixture(Uri address)
    {
        _http.BaseAddress = address;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "emulator");
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("test");
    }

    public async Task<string> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public async Task PostAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content: null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public async Task<int> RunnerCountAsync(CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(await GetAsync("api/v3/orgs/acme/actions/runners", cancellationToken));
        return document.RootElement.GetProperty("total_count").GetInt32();
    }

    public void Dispose() => _http.Dispose();
}
