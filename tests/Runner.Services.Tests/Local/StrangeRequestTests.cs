using System.Net.Http.Headers;
using System.Text;
using Runner.Testing.Http;

namespace Runner.Services.Tests.Local;

/// <summary>Nothing that is sent breaks a service: it is refused by a status of the 400s, or taken.</summary>
public sealed class StrangeRequestTests
{
    private const string Twirp = "twirp/github.actions.results.api.v1.";

    public static TheoryData<string, string, string> Calls => new()
    {
        // method   route                                           good body
        { "POST",  Twirp + "ArtifactService/CreateArtifact",        """{"workflow_run_backend_id":"run-1","workflow_job_run_backend_id":"job-1","name":"n","version":4,"expires_at":"2026-02-01T00:00:00Z","mime_type":"a/b"}""" },
        { "POST",  Twirp + "ArtifactService/FinalizeArtifact",      """{"workflow_run_backend_id":"run-1","workflow_job_run_backend_id":"job-1","name":"n","size":"3","hash":"sha256:0"}""" },
        { "POST",  Twirp + "ArtifactService/ListArtifacts",         """{"workflow_run_backend_id":"run-1","workflow_job_run_backend_id":"job-1","name_filter":"n","id_filter":"1"}""" },
        { "POST",  Twirp + "ArtifactService/GetSignedArtifactURL",  """{"workflow_run_backend_id":"run-1","workflow_job_run_backend_id":"job-1","name":"n"}""" },
        { "POST",  Twirp + "ArtifactService/DeleteArtifact",        """{"workflow_run_backend_id":"run-1","workflow_job_run_backend_id":"job-1","name":"n"}""" },
        { "POST",  Twirp + "CacheService/CreateCacheEntry",         """{"key":"k","version":"v","metadata":{"repository_id":"1","scope":[{"scope":"s","permission":"1"}]}}""" },
        { "POST",  Twirp + "CacheService/FinalizeCacheEntryUpload", """{"key":"k","version":"v","size_bytes":"3"}""" },
        { "POST",  Twirp + "CacheService/GetCacheEntryDownloadURL", """{"key":"k","version":"v","restore_keys":["a","b"]}""" },
        { "POST",  "_apis/artifactcache/caches",                    """{"key":"k","version":"v","cacheSize":3}""" },
        { "POST",  "_apis/artifactcache/caches/1",                  """{"size":3}""" },
        { "PATCH", "_apis/artifactcache/caches/1",                  """{"size":3}""" },
    };

    [Theory(Timeout = 120_000), MemberData(nameof(Calls))]
    public async Task No_body_breaks_a_call(string method, string route, string good)
    {
        await using var server = await LocalServer.StartAsync();
        var broken = new List<string>();

        foreach (var body in JsonMutants.Of(good).Prepend(good))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Url, route))
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", server.NewToken(LocalServer.Caller())) },
            };
            using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
            if ((int)answer.StatusCode >= 500)
            {
                broken.Add($"{(int)answer.StatusCode} for {body[..Math.Min(body.Length, 200)]}");
            }
        }

        Assert.Empty(broken);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("_apis/artifactcache/cache?keys=&version=")]
    [InlineData("_apis/artifactcache/cache?keys=a,,b&version=%ED%A0%80")]
    [InlineData("_apis/artifactcache/cache")]
    [InlineData("_apis/artifactcache/caches?key=%00")]
    [InlineData("blobs/a?sp=r&se=9999999-01-01&sig=%ff")]
    [InlineData("blobs/..%2f..%2fetc%2fpasswd")]
    public async Task No_address_breaks_a_service(string route)
    {
        await using var server = await LocalServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Url, route))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", server.NewToken(LocalServer.Caller())) },
        };

        using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.InRange((int)answer.StatusCode, 200, 499);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("a.b.c")]
    [InlineData("a.b.")]
    [InlineData("..")]
    [InlineData("eyJ9.\u00e4.x")]
    public async Task No_token_breaks_a_service(string token)
    {
        await using var server = await LocalServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, Twirp + "ArtifactService/ListArtifacts"));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Uri.EscapeDataString(token));

        using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(401, (int)answer.StatusCode);
    }

    public static TheoryData<string, string, int> Doors => new()
    {
        // header          value                            status
        { "Host",          "evil.example",                  403 },
        { "Host",          "evil.example:80",               403 },
        { "Host",          "localhost.evil.example",        403 },
        { "Host",          "127.0.0.1.evil.example",        403 },
        { "Host",          "localhost:1",                   401 },
        { "Host",          "github.localhost",              401 },
        { "Host",          "[::1]:7",                       401 },
        { "Host",          "10.1.2.3",                      401 },
        { "Host",          "services.example",              401 }, // its public address
        { "Origin",        "https://evil.example",          403 },
        { "Origin",        "null",                          403 },
        { "Origin",        "http://127.0.0.1:1",            403 },
        { "Sec-Fetch-Site", "cross-site",                   403 },
        { "Sec-Fetch-Site", "same-site",                    403 },
        { "Sec-Fetch-Site", "none",                         401 },
        { "X-Other",       "x",                             401 },
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Doors))]
    public async Task Web_pages_and_foreign_hosts_stay_outside(string header, string value, int status)
    {
        await using var server = await LocalServer.StartAsync(publicUrl: new Uri("http://services.example:0/"));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, Twirp + "ArtifactService/ListArtifacts"));
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
    }
}
