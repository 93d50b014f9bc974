using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;
using Runner.Benchmarks.EndToEnd;
using Runner.Jobs.Callers;
using Runner.Services.Hosting;
using Runner.Services.Records;
using Runner.Services.S3;
using Runner.Testing;
using Runner.Testing.Storage;

namespace Runner.Benchmarks.Scale;

/// <summary>A cache of 1 GiB saved to and restored from <c>runner services</c> over a bucket, beside the same bytes put and got by the SDK on the same S3 server.</summary>
internal static class BucketBenchmark
{
    private const int Rounds = 3;
    private const int BlockBytes = 64 << 20; // as actions/cache sends them, and as many at a time
    private const int AtOnce = 4;
    private const int Blocks = 16;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", S3Process.Credential);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", S3Process.Credential);
        await using var s3 = await S3Process.StartAsync(cancellationToken);
        using var folder = new TempFolder();
        var block = RandomNumberGenerator.GetBytes(BlockBytes);
        await File.WriteAllBytesAsync(folder["key"], RandomNumberGenerator.GetBytes(32), cancellationToken);
        await using var services = await ClusterServices.StartAsync(
            new ClusterServicesOptions
            {
                Bucket = new S3Options { Bucket = "kept", Endpoint = s3.BareUrl, Prefix = "services/" },
                KeyFile = folder["key"],
                PublicUrl = new Uri("http://127.0.0.1:0"),
                Limits = new ServiceLimits(),
            },
            cancellationToken);
        using var sdk = new AmazonS3Client(new AmazonS3Config { ServiceURL = s3.BareUrl.AbsoluteUri, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
#pragma warning disable RS0030 // a client of the benchmark's own
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(10) };
#pragma warning restore RS0030
        var token = new RuntimeTokens(ServiceKey.ReadFor(ServiceKey.Tokens, folder["key"]), TimeProvider.System).Issue(
            new ServiceCaller { Run = "r", Job = "j", Repository = "acme/site", Scopes = CacheScopes.Of("refs/heads/main", null, "main", isFork: false) }, TimeSpan.FromHours(1));
        var (puts, gets, saves, restores) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            puts.Add(await SecondsAsync(() => EachBlockAsync(async i => await PutAsync(sdk, block, $"plain/{round}/{i}", cancellationToken))));
            gets.Add(await SecondsAsync(() => GetAllAsync(sdk, $"plain/{round}/", cancellationToken)));
            saves.Add(await SecondsAsync(() => SaveAsync(http, services.Url, token, $"cache-{round}", block, cancellationToken)));
            restores.Add(await SecondsAsync(() => RestoreAsync(http, services.Url, token, $"cache-{round}", cancellationToken)));
        }

        Figures.Print("1 GiB put by the SDK, 16 objects, 4 at a time", "s", puts, "-");
        Figures.Print("  saved to runner services, 16 blocks, 4 at a time", "s", saves, "-");
        Figures.Print("  of the SDK's time", "x", [.. saves.Zip(puts, (save, put) => save / put)], "1.5");
        Figures.Print("1 GiB got by the SDK, one object after the other", "s", gets, "-");
        Figures.Print("  restored from runner services, one stream", "s", restores, "-");
        Figures.Print("  of the SDK's time", "x", [.. restores.Zip(gets, (restore, get) => restore / get)], "1.5");
        using var self = Process.GetCurrentProcess();
        Figures.Print("most memory of server and clients, 64 MiB of them the block", "MB", [self.PeakWorkingSet64 / 1e6], "-");
    }

    private static async Task<double> SecondsAsync(Func<Task> run)
    {
        var start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static Task EachBlockAsync(Func<int, Task> run) => Parallel.ForEachAsync(
        Enumerable.Range(0, Blocks), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await run(i));

    private static Task<PutObjectResponse> PutAsync(AmazonS3Client sdk, byte[] block, string key, CancellationToken cancellationToken) =>
        sdk.PutObjectAsync(new PutObjectRequest { BucketName = "kept", Key = key, InputStream = new MemoryStream(block), DisableDefaultChecksumValidation = true }, cancellationToken);

    private static async Task GetAllAsync(AmazonS3Client sdk, string prefix, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Blocks; i++)
        {
            using var answer = await sdk.GetObjectAsync("kept", $"{prefix}{i}", cancellationToken);
            await answer.ResponseStream.CopyToAsync(Stream.Null, cancellationToken);
        }
    }

    private static async Task SaveAsync(HttpClient http, Uri services, string token, string key, byte[] block, CancellationToken cancellationToken)
    {
        var url = (await CallAsync(http, services, token, "CreateCacheEntry", $$"""{"key":"{{key}}","version":"v"}""", cancellationToken))["signed_upload_url"]!.ToString();
        await EachBlockAsync(i => PutAsync(http, $"{url}&comp=block&blockid={IdOf(i)}", new ByteArrayContent(block), cancellationToken));
        var list = string.Concat(Enumerable.Range(0, Blocks).Select(i => $"<Latest>{IdOf(i)}</Latest>"));
        await PutAsync(http, $"{url}&comp=blocklist", new StringContent($"<BlockList>{list}</BlockList>"), cancellationToken);
        await CallAsync(http, services, token, "FinalizeCacheEntryUpload", $$"""{"key":"{{key}}","version":"v","size_bytes":"{{(long)Blocks * BlockBytes}}"}""", cancellationToken);
    }

    private static async Task RestoreAsync(HttpClient http, Uri services, string token, string key, CancellationToken cancellationToken)
    {
        var found = await CallAsync(http, services, token, "GetCacheEntryDownloadURL", $$"""{"key":"{{key}}","version":"v"}""", cancellationToken);
        await using var content = await http.GetStreamAsync(new Uri(found["signed_download_url"]!.ToString()), cancellationToken);
        await content.CopyToAsync(Stream.Null, cancellationToken);
    }

    private static string IdOf(int block) => block.ToString("D6", CultureInfo.InvariantCulture);

    private static async Task PutAsync(HttpClient http, string url, HttpContent content, CancellationToken cancellationToken)
    {
        using var answer = await http.PutAsync(new Uri(url), content, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<JsonNode> CallAsync(HttpClient http, Uri services, string token, string method, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(services, "twirp/github.actions.results.api.v1.CacheService/" + method))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        using var answer = await http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken)) ?? throw new InvalidOperationException("no answer");
    }
}
