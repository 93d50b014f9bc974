using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs.Callers;
using Runner.Services.Hosting;
using Runner.Services.Monitoring;
using Runner.Services.Records;
using Runner.Services.S3;
using Runner.Services.Tests.Hosting;
using Runner.Services.Tests.S3;
using Runner.Testing;

namespace Runner.Services.Tests.Local;

/// <summary>Services over a folder or a place in a bucket of the test's own, which may be started again over it.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestKey _ownKey = new();
    private LocalServices? _local; // over a folder
    private ClusterServices? _cluster; // over a bucket

    public FakeTimeProvider Time { get; private init; } = new(new DateTimeOffset(2026, 1, 31, 8, 15, 30, TimeSpan.Zero));

    public ServiceLimits Limits { get; init; } = new();

    /// <summary>Its name as jobs are told it, or <c>null</c>.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Where all is kept; <c>null</c>: in <see cref="Folder"/>.</summary>
    public S3Options? Bucket { get; init; }

    /// <summary>Where it is reached; its public address has another name.</summary>
    public Uri Url => new UriBuilder(OwnUrl) { Host = "127.0.0.1" }.Uri;

    public string Folder => _folder.FullPath;

    private TestKey Key { get => field ?? _ownKey; init; }

    private Uri OwnUrl => _local?.Url ?? _cluster!.Url; // StartAsync sets one before anyone has the object

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

    /// <summary>A server over a place in a bucket.</summary>
    public static Task<LocalServer> StartInBucketAsync(S3Server s3, ServiceLimits? limits = null) => StartInBucketAsync(s3.NewPlace(), limits);

    /// <summary>A server over a place in a bucket.</summary>
    public static async Task<LocalServer> StartInBucketAsync(S3Options place, ServiceLimits? limits = null)
    {
        var server = new LocalServer { Limits = limits ?? new ServiceLimits(), Bucket = place };
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Another replica: a server over the same place in a bucket, with the same key and clock. It ends before this one.</summary>
    public async Task<LocalServer> StartBesideAsync()
    {
        var server = new LocalServer { Limits = Limits, Bucket = Bucket, Time = Time, Key = Key };
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>An address of one replica as the other has it.</summary>
    public string Here(string address) => new UriBuilder(address) { Port = Url.Port }.Uri.AbsoluteUri;

    public string NewToken(ServiceCaller caller) => _local?.NewToken(caller) ?? Key.TokensAt(Time).Issue(caller, TimeSpan.FromDays(300));

    public void EndJob(ServiceCaller caller) => _local?.EndJob(caller.Job);

    /// <summary>Another process over the same folder or bucket.</summary>
    public async Task StartAgainAsync()
    {
        await StopAsync();
        if (Bucket is null)
        {
            _local = await LocalServices.StartAsync(
                new LocalServicesOptions { Folder = _folder.FullPath, Limits = Limits, Time = Time, PublicUrl = PublicUrl }, Token);
        }
        else
        {
            _cluster = await ClusterServices.StartAsync(
                new ClusterServicesOptions { Bucket = Bucket, KeyFile = Key.FullPath, PublicUrl = new Uri("http://127.0.0.1:0"), Limits = Limits, Time = Time }, Token);
        }
    }

    /// <summary>Looks at all that the bucket keeps twice, as one more replica does in ten minutes; over a folder calls do so.</summary>
    public async Task SweepAsync()
    {
        if (Bucket is null)
        {
            return;
        }

        using var bucket = new S3Bucket(Bucket);
        var stores = ServedStores.InBucket(bucket, sendsDownloadsOn: false, hasArtifacts: true, Limits, Time, new ServiceMetrics(string.Empty), NullLogger.Instance);
        await stores.SweepAsync(Token);
        await stores.SweepAsync(Token);
    }

    /// <summary>How many files or objects hold bytes of artifacts and caches.</summary>
    public async Task<int> CountPartsAsync()
    {
        if (Bucket is null)
        {
            return new[] { "blobs", "cache-blobs" }.Sum(name => Directory.EnumerateFiles(Path.Combine(Folder, name), "*", SearchOption.AllDirectories).Count());
        }

        using var bucket = new S3Bucket(Bucket);
        return (await bucket.ListAsync("data/", Token)).Count;
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
        await StopAsync();
        _ownKey.Dispose();
        _folder.Dispose();
    }

    private async Task StopAsync()
    {
        await (_local?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_cluster?.DisposeAsync() ?? ValueTask.CompletedTask);
        (_local, _cluster) = (null, null);
    }

    private async Task<JsonObject> CallAsync(string method, ServiceCaller caller, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(OwnUrl, "twirp/github.actions.results.api.v1." + method))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", NewToken(caller));
        using var answer = await Http.SendAsync(request, Token);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!.AsObject();
    }
}
