using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Runner.Services.Tests.Local;

namespace Runner.Services.Tests.S3;

/// <summary>Downloads that are sent on to the bucket where that is switched on.</summary>
public sealed class S3DownloadTests(S3Server s3) : IDisposable
{
    // A test's own; see TestEmulator.
#pragma warning disable RS0030
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false });
#pragma warning restore RS0030

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task What_is_one_object_is_sent_on_and_what_is_several_is_not()
    {
        await using var server = await StartAsync();
        var whole = await SaveAsync(server, "whole", async url => await server.PutAsync(url, "abc", "BlockBlob"));
        var blocks = await SaveAsync(server, "blocks", async url =>
        {
            await server.PutAsync(url + "&comp=block&blockid=QTE%3D", "a");
            await server.PutAsync(url + "&comp=block&blockid=QjI%3D", "bc");
            await server.PutAsync(url + "&comp=blocklist", "<BlockList><Latest>QTE=</Latest><Latest>QjI=</Latest></BlockList>");
        });

        using var sent = await _http.GetAsync(whole, Token);
        using var own = await _http.GetAsync(blocks, Token);
        using var request = new HttpRequestMessage(HttpMethod.Head, whole);
        using var head = await _http.SendAsync(request, Token);

        Assert.Equal((HttpStatusCode.Redirect, s3.Url.Authority), (sent.StatusCode, sent.Headers.Location!.Authority));
        Assert.Equal("abc", await _http.GetStringAsync(sent.Headers.Location, Token));
        Assert.Equal((HttpStatusCode.OK, "abc"), (own.StatusCode, await own.Content.ReadAsStringAsync(Token)));
        Assert.Equal((HttpStatusCode.OK, 3), (head.StatusCode, head.Content.Headers.ContentLength)); // an address is for GET alone
    }

    [Fact(Timeout = 60_000)]
    public async Task Range_in_the_header_of_Azures_clients_is_not_sent_on_as_no_bucket_knows_it()
    {
        await using var server = await StartAsync();
        var whole = await SaveAsync(server, "whole", async url => await server.PutAsync(url, "abc", "BlockBlob"));
        using var request = new HttpRequestMessage(HttpMethod.Get, whole);
        request.Headers.Add("x-ms-range", "bytes=1-1");

        using var answer = await _http.SendAsync(request, Token);

        Assert.Equal((HttpStatusCode.PartialContent, "b"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Token)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Large_blocks_become_one_object_inside_the_bucket()
    {
        await using var server = await StartAsync();
        var bytes = RandomNumberGenerator.GetBytes((10 << 20) + 5);
        var url = (await server.CacheAsync("CreateCacheEntry", LocalServer.Caller(), """{"key":"k","version":"v"}"""))["signed_upload_url"]!.ToString();
        foreach (var (i, block) in bytes.Chunk(5 << 20).Index())
        {
            using var put = await _http.PutAsync(new Uri($"{url}&comp=block&blockid=QTE{i}"), new ByteArrayContent(block), Token);
        }

        await server.PutAsync(url + "&comp=blocklist", "<BlockList><Latest>QTE0</Latest><Latest>QTE1</Latest><Latest>QTE2</Latest></BlockList>");
        await server.CacheAsync("FinalizeCacheEntryUpload", LocalServer.Caller(), $$"""{"key":"k","version":"v","size_bytes":"{{bytes.Length}}"}""");
        using var sent = await _http.GetAsync(await FindAsync(server, "k"), Token);

        Assert.Equal((HttpStatusCode.Redirect, 1), (sent.StatusCode, await server.CountPartsAsync()));
        Assert.Equal(bytes, await _http.GetByteArrayAsync(sent.Headers.Location, Token));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0, 0)]
    [InlineData(1_000_000, 2_999_999)]
    [InlineData(2_999_999, 3_000_000)]
    [InlineData(0, 5_999_999)]
    public async Task Ranges_of_many_parts_are_what_was_uploaded(int from, int to)
    {
        await using var server = await LocalServer.StartInBucketAsync(s3);
        var bytes = RandomNumberGenerator.GetBytes(6_000_000);
        var url = (await server.CacheAsync("CreateCacheEntry", LocalServer.Caller(), """{"key":"k","version":"v"}"""))["signed_upload_url"]!.ToString();
        foreach (var (i, block) in bytes.Chunk(1_000_000).Index())
        {
            using var put = await _http.PutAsync(new Uri($"{url}&comp=block&blockid=QTE{i}"), new ByteArrayContent(block), Token);
        }

        await server.PutAsync(url + "&comp=blocklist", $"<BlockList>{string.Concat(Enumerable.Range(0, 6).Select(i => $"<Latest>QTE{i}</Latest>"))}</BlockList>");
        await server.CacheAsync("FinalizeCacheEntryUpload", LocalServer.Caller(), """{"key":"k","version":"v","size_bytes":"6000000"}""");
        using var request = new HttpRequestMessage(HttpMethod.Get, await FindAsync(server, "k")) { Headers = { Range = new RangeHeaderValue(from, to) } };
        using var answer = await _http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(bytes[from..(to + 1)], await answer.Content.ReadAsByteArrayAsync(Token));
    }

    public void Dispose() => _http.Dispose();

    private Task<LocalServer> StartAsync() => LocalServer.StartInBucketAsync(s3.NewPlace() with { SendsDownloadsOn = true });

    private static async Task<Uri> FindAsync(LocalServer server, string key) =>
        new((await server.CacheAsync("GetCacheEntryDownloadURL", LocalServer.Caller(), $$"""{"key":"{{key}}","version":"v"}"""))["signed_download_url"]!.ToString());

    private static async Task<Uri> SaveAsync(LocalServer server, string key, Func<string, Task> upload)
    {
        await upload((await server.CacheAsync("CreateCacheEntry", LocalServer.Caller(), $$"""{"key":"{{key}}","version":"v"}"""))["signed_upload_url"]!.ToString());
        await server.CacheAsync("FinalizeCacheEntryUpload", LocalServer.Caller(), $$"""{"key":"{{key}}","version":"v","size_bytes":"3"}""");
        return await FindAsync(server, key);
    }
}
