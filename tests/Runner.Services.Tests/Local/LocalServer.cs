using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs.Callers;
using Runner.Services.Records;
using Runner.Testing;

namespace Runner.Services.Tests.Local;

/// <summary>Services over a folder of the test's own, which may be started again over it.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private LocalServices _services = null!; // StartAsync sets it before anyone has the object

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 31, 8, 15, 30, TimeSpan.Zero));

    public ServiceLimits Limits { get; init; } = new();

    /// <summary>Its name as jobs are told it, or <c>null</c>.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Where it is reached; its public address has another name.</summary>
    public Uri Url => new UriBuilder(_services.Url) { Host = "127.0.0.1" }.Uri;

    public string Folder => _folder.FullPath;

    // A test's own; see TestEmulator.
#pragma warning disable RS0030
    public HttpClient Http { get; } = new();
#pragma warning restore RS0030

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static ServiceCaller Caller(string reference = "refs/heads/main", bool isFork = false, string run = "run-1") => new()
    {
        Run = run,
        Job = "job-1",
        Repository = "acme/site",
        Scopes = CacheScopes.Of(reference, null, "main", isFork),
    };

    public static async Task<LocalServer> StartAsync(ServiceLimits? limits = null, Uri? publicUrl = null)
    {
        var server = new LocalServer { Limits = limits ?? new ServiceLimits(), PublicUrl = publicUrl };
        await server.StartAgainAsync();
        return server;
    }

    public string NewToken(ServiceCaller caller) => _services.NewToken(caller);

    public void EndJob(ServiceCaller caller) => _services.EndJob(caller.Job);

    /// <summary>Another process over the same folder.</summary>
    public async Task StartAgainAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        _services = await LocalServices.StartAsync(
            new LocalServicesOptions { Folder = _folder.FullPath, Limits = Limits, Time = Time, PublicUrl = PublicUrl }, Token);
    }

    public Task<JsonObject> ArtifactAsync(string method, ServiceCaller caller, string further) => CallAsync(
        "ArtifactService/" + method,
        caller,
        $$"""{"workflow_run_backend_id":"{{caller.Run}}","workflow_job_run_backend_id":"{{caller.Job}}"{{further}}}""");

    public Task<JsonObject> CacheAsync(string method, ServiceCaller caller, string body) => CallAsync("CacheService/" + method, caller, body);

    /// <summary>Saves a cache; false where the service says that there is one.</summary>
    public async Task<bool> SaveAsync(ServiceCaller caller, string key, int bytes = 3)
    {
        var created = await CacheAsync("CreateCacheEntry", caller, $$"""{"key":"{{key}}","version":"v"}""");
        if (!(bool)created["ok"]!)
        {
            return false;
        }

        await PutAsync(created["signed_upload_url"]!.ToString(), new string('x', bytes), "BlockBlob");
        await CacheAsync("FinalizeCacheEntryUpload", caller, $$"""{"key":"{{key}}","version":"v","size_bytes":"{{bytes}}"}""");
        return true;
    }

    /// <summary>The key that is found, or <c>null</c>.</summary>
    public async Task<string?> RestoreAsync(ServiceCaller caller, string key, params string[] others)
    {
        var list = string.Join(',', others.Select(other => $"\"{other}\""));
        return (await CacheAsync("GetCacheEntryDownloadURL", caller, $$"""{"key":"{{key}}","restore_keys":[{{list}}],"version":"v"}"""))["matched_key"]?.ToString();
    }

    /// <summary>Puts a body; the answer's status.</summary>
    public async Task<int> PutAsync(string url, string body, string? blobType = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        if (blobType is not null)
        {
            request.Headers.Add("x-ms-blob-type", blobType);
        }

        using var answer = await Http.SendAsync(request, Token);
        return (int)answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<JsonObject> CallAsync(string method, ServiceCaller caller, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_services.Url, "twirp/github.actions.results.api.v1." + method))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _services.NewToken(caller));
        using var answer = await Http.SendAsync(request, Token);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!.AsObject();
    }
}
