using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Runner.Services.Blobs;

namespace Runner.Services.Tests.Blobs;

/// <summary>The blob routes on a real port, over a folder of their own.</summary>
internal sealed class BlobServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _folder;
    private readonly BlobUrlSigner _signer;
    private readonly BlobStore _store;

    private BlobServer(WebApplication app, DirectoryInfo folder, BlobStore store, FakeTimeProvider time, BlobUrlSigner signer)
    {
        _store = store;
        _app = app;
        _folder = folder;
        _signer = signer;
        Time = time;
    }

    public FakeTimeProvider Time { get; }

    // A test's own; see TestEmulator.
#pragma warning disable RS0030
    public HttpClient Http { get; } = new();
#pragma warning restore RS0030

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<BlobServer> StartAsync()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 31, 8, 15, 30, TimeSpan.Zero));
        var folder = Directory.CreateTempSubdirectory("blobs-");
        var signer = new BlobUrlSigner([1, 2, 3], time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var store = new BlobStore(folder.FullName, time);
        app.MapBlobs("/blobs", store, signer);
        await app.StartAsync(Token);
        return new BlobServer(app, folder, store, time, signer);
    }

    /// <summary>Lets a blob be written.</summary>
    public void Reserve(string name, BlobBudget? budget = null) => _store.Reserve(name, budget);

    /// <summary>A signed address; one to write to is that of a reserved blob, if its name is one.</summary>
    public Uri Url(string name, BlobAccess access = BlobAccess.Write)
    {
        if (access == BlobAccess.Write && !name.Contains(' ', StringComparison.Ordinal))
        {
            Reserve(name);
        }

        return Sign(name, access);
    }

    /// <summary>A signed address, its blob reserved or not.</summary>
    public Uri Sign(string name, BlobAccess access = BlobAccess.Write) =>
        _signer.Sign(new Uri(_app.Urls.First() + "/blobs/"), name, access, TimeSpan.FromHours(1));

    /// <summary>A request with headers given as pairs; its answer's status and error code, as in <c>409 BlobAlreadyExists</c>.</summary>
    public async Task<string> PutAsync(Uri url, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await Http.SendAsync(request, Token);
        var code = answer.Headers.TryGetValues("x-ms-error-code", out var codes) ? " " + codes.First() : string.Empty;
        return (int)answer.StatusCode + code;
    }

    public Task<string> CreateAsync(string name) => PutAsync(Url(name), [], ("x-ms-blob-type", "AppendBlob"));

    public Task<string> AppendAsync(string name, byte[] body, string query = "&comp=appendblock", params (string, string)[] headers) =>
        PutAsync(new Uri(Url(name) + query), body, headers);

    public Task<string> ReadAsync(string name) => Http.GetStringAsync(Url(name, BlobAccess.Read), Token);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
