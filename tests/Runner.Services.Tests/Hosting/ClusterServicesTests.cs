using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Runner.Jobs.Callers;
using Runner.Jobs.Errors;
using Runner.Services.Hosting;
using Runner.Services.Records;
using Runner.Testing;

namespace Runner.Services.Tests.Hosting;

public sealed class ClusterServicesTests : IDisposable
{
    private const int Limit = 60_000;
    private const string CacheService = "twirp/github.actions.results.api.v1.CacheService/";

    private readonly TempFolder _data = new();
    private readonly TestKey _key = new();

    // A test's own; see TestEmulator.
#pragma warning disable RS0030
    private readonly HttpClient _http = new();
#pragma warning restore RS0030

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Token_of_another_key_or_of_the_past_opens_nothing()
    {
        using var other = new TestKey();
        await using var services = await _key.StartAsync(_data);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(services, other.Tokens.Issue(Caller("acme/site"), TimeSpan.FromHours(1))));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(services, _key.Tokens.Issue(Caller("acme/site"), -TimeSpan.FromSeconds(1))));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(services, "a.b.c"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(services, TokenOf("acme/site")));
    }

    [Fact(Timeout = Limit)]
    public async Task What_was_saved_is_found_by_the_next_process_and_its_addresses_are_still_valid()
    {
        string address;
        await using (var first = await _key.StartAsync(_data))
        {
            await SaveAsync(first, "acme/site", "npm-1", bytes: 5);
            address = (await FindAsync(first, "acme/site", "npm-1"))["signed_download_url"]!.ToString();
        }

        await using var second = await _key.StartAsync(_data);
        var moved = new UriBuilder(address) { Port = second.Url.Port }.Uri;

        Assert.Equal("xxxxx", await _http.GetStringAsync(moved, Token));
        Assert.True((bool)(await FindAsync(second, "acme/site", "npm-1"))["ok"]!);
        Assert.False((bool)(await FindAsync(second, "acme/other", "npm-1"))["ok"]!);
    }

    [Fact(Timeout = Limit)]
    public async Task Second_server_over_one_folder_is_refused()
    {
        await using var first = await _key.StartAsync(_data);

        var refused = await Assert.ThrowsAsync<OperatorException>(() => _key.StartAsync(_data));

        Assert.Equal($"the folder '{_data.FullPath}' is in use: only one server may have it at a time", refused.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Caches_of_all_repositories_share_the_room_and_the_least_recently_used_of_all_goes()
    {
        await using var services = await _key.StartAsync(_data, new ServiceLimits { CacheBytes = 100, AllCacheBytes = 150 });
        await SaveAsync(services, "acme/one", "a", bytes: 60);
        await SaveAsync(services, "acme/two", "b", bytes: 60);
        await FindAsync(services, "acme/one", "a"); // used again

        await SaveAsync(services, "acme/three", "c", bytes: 60);

        Assert.True((bool)(await FindAsync(services, "acme/one", "a"))["ok"]!);
        Assert.False((bool)(await FindAsync(services, "acme/two", "b"))["ok"]!);
        Assert.True((bool)(await FindAsync(services, "acme/three", "c"))["ok"]!);
    }

    [Fact(Timeout = Limit)]
    public async Task Uploads_that_are_not_complete_share_the_room_too()
    {
        await using var services = await _key.StartAsync(_data, new ServiceLimits { AllSavingBytes = 100 });
        var first = await CallAsync(services, "acme/one", "CreateCacheEntry", """{"key":"a","version":"v"}""");
        var second = await CallAsync(services, "acme/two", "CreateCacheEntry", """{"key":"b","version":"v"}""");

        Assert.Equal(HttpStatusCode.Created, await PutAsync(first, 60));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PutAsync(second, 60));
        await CallAsync(services, "acme/one", "FinalizeCacheEntryUpload", """{"key":"a","version":"v","size_bytes":"60"}""");
        Assert.Equal(HttpStatusCode.Created, await PutAsync(second, 60));
    }

    [Fact(Timeout = Limit)]
    public async Task Address_of_an_upload_that_was_dropped_opens_nothing_of_a_later_process()
    {
        JsonObject begun;
        await using (var first = await _key.StartAsync(_data))
        {
            begun = await CallAsync(first, "acme/one", "CreateCacheEntry", """{"key":"a","version":"v"}""");
        }

        await (await _key.StartAsync(_data)).DisposeAsync(); // drops it
        await using var third = await _key.StartAsync(_data);
        await CallAsync(third, "acme/two", "CreateCacheEntry", """{"key":"b","version":"v"}"""); // of the same number

        begun["signed_upload_url"] = new UriBuilder(begun["signed_upload_url"]!.ToString()) { Port = third.Url.Port }.Uri.AbsoluteUri;
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync(begun, 5));
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_said_of_a_cache_is_bounded()
    {
        await using var services = await _key.StartAsync(_data);

        var version = await CallAsync(services, "acme/site", "CreateCacheEntry", $$"""{"key":"a","version":"{{new string('v', 513)}}"}""");
        using var body = await SendAsync(services, TokenOf("acme/site"), "CreateCacheEntry", new string(' ', 3 << 20));

        Assert.Equal("the version has 513 characters, at most 512 are taken", version["msg"]!.ToString());
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, body.StatusCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Fault_of_the_server_is_counted_and_answered()
    {
        await using var services = await _key.StartAsync(_data);
        await SaveAsync(services, "acme/site", "a", bytes: 5);
        Directory.Delete(_data["caches"], recursive: true);
        Assert.True((bool)(await FindAsync(services, "acme/site", "a"))["ok"]!); // nothing of it was there

        using var answer = await SendAsync(services, TokenOf("acme/site"), "CreateCacheEntry", """{"key":"b","version":"v"}""");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains(
            "runner_services_requests_total{service=\"caches\",answer=\"5xx\"} 1\n",
            await _http.GetStringAsync(new Uri(services.MetricsUrl, "metrics"), Token),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Metrics_tell_hits_bytes_and_refusals_on_a_port_that_serves_nothing_else()
    {
        await using var services = await _key.StartAsync(_data);
        await SaveAsync(services, "acme/site", "npm-1", bytes: 5);
        var found = await FindAsync(services, "acme/site", "npm-1");
        await FindAsync(services, "acme/site", "other");
        await _http.GetStringAsync(found["signed_download_url"]!.ToString(), Token);
        await StatusAsync(services, "nobodys");

        var metrics = await _http.GetStringAsync(new Uri(services.MetricsUrl, "metrics"), Token);

        Assert.All(
            (string[])
            [
                "runner_services_build_info{version=\"1.2.3\"} 1", "runner_services_caches_total{event=\"hit\"} 1", "runner_services_caches_total{event=\"miss\"} 1",
                "runner_services_caches_total{event=\"saved\"} 1", "runner_services_caches_total{event=\"evicted\"} 0", "runner_services_entries{service=\"caches\"} 1",
                "runner_services_bytes{service=\"caches\"} 5", "runner_services_received_bytes_total{service=\"caches\"} 5",
                "runner_services_sent_bytes_total{service=\"caches\"} 5", "runner_services_requests_total{service=\"caches\",answer=\"4xx\"} 1",
                "runner_services_entries{service=\"artifacts\"} 0",
            ],
            line => Assert.Contains(line + "\n", metrics, StringComparison.Ordinal));
        Assert.Equal("ok\n", await _http.GetStringAsync(new Uri(services.MetricsUrl, "healthz"), Token));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(new Uri(services.Url, "metrics")));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(new Uri(services.MetricsUrl, new Uri(found["signed_download_url"]!.ToString()).PathAndQuery)));
    }

    [Theory]
    // Gi                       caches  saving  of one  artifacts of one repository
    [InlineData(100, 10, true,  45,     22.5,   15,     22.5, 5.625, 10)]
    [InlineData(100, 10, false, 67.5,   22.5,   15,     0, 0, 10)]
    [InlineData(10, 10, true,   4.5,    2.25,   1.5,    2.25, 0.562, 4.5)]
    [InlineData(1000, 400, true, 450,   225,    150,    225, 50, 400)]
    public void Disk_is_shared_out_and_no_part_is_more_than_the_whole(
        long size, long cacheSize, bool hasArtifacts, double caches, double saving, double ofOne, double artifacts, double ofRun, double ofRepository)
    {
        const long Gi = 1L << 30;
        var limits = ClusterLimits.Of(size * Gi, cacheSize * Gi, hasArtifacts);

        double[] shares = [limits.AllCacheBytes, limits.AllSavingBytes, limits.SavingBytes, limits.AllArtifactBytes, limits.ArtifactBytes, limits.CacheBytes];
        Assert.Equal([caches, saving, ofOne, artifacts, ofRun, ofRepository], shares.Select(share => Math.Round(share / Gi, 3)));
        Assert.True(limits.AllCacheBytes + limits.AllSavingBytes + limits.AllArtifactBytes <= size * Gi / 10 * 9);
    }

    public void Dispose()
    {
        _http.Dispose();
        _key.Dispose();
        _data.Dispose();
    }

    private static ServiceCaller Caller(string repository) => new()
    {
        Run = "run-1", Job = "job-1", Repository = repository, Scopes = CacheScopes.Of("refs/heads/main", null, "main", isFork: false),
    };

    private string TokenOf(string repository) => _key.Tokens.Issue(Caller(repository), TimeSpan.FromHours(1));

    private async Task SaveAsync(ClusterServices services, string repository, string key, int bytes)
    {
        var created = await CallAsync(services, repository, "CreateCacheEntry", $$"""{"key":"{{key}}","version":"v"}""");
        await PutAsync(created, bytes);
        var done = await CallAsync(services, repository, "FinalizeCacheEntryUpload", $$"""{"key":"{{key}}","version":"v","size_bytes":"{{bytes}}"}""");
        Assert.True((bool)done["ok"]!);
    }

    private Task<JsonObject> FindAsync(ClusterServices services, string repository, string key) =>
        CallAsync(services, repository, "GetCacheEntryDownloadURL", $$"""{"key":"{{key}}","version":"v"}""");

    private async Task<HttpStatusCode> PutAsync(JsonObject created, int bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, created["signed_upload_url"]!.ToString())
        {
            Content = new ByteArrayContent(Encoding.ASCII.GetBytes(new string('x', bytes))),
            Headers = { { "x-ms-blob-type", "BlockBlob" } },
        };
        using var answer = await _http.SendAsync(request, Token);
        return answer.StatusCode;
    }

    private async Task<JsonObject> CallAsync(ClusterServices services, string repository, string method, string body)
    {
        using var answer = await SendAsync(services, TokenOf(repository), method, body);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!.AsObject();
    }

    private async Task<HttpStatusCode> StatusAsync(ClusterServices services, string token)
    {
        using var answer = await SendAsync(services, token, "GetCacheEntryDownloadURL", """{"key":"a","version":"v"}""");
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(ClusterServices services, string token, string method, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(services.Url, CacheService + method))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        return await _http.SendAsync(request, Token);
    }

    private async Task<HttpStatusCode> GetAsync(Uri address)
    {
        using var answer = await _http.GetAsync(address, Token);
        return answer.StatusCode;
    }
}
