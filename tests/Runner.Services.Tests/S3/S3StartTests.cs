using System.Net;
using Runner.Jobs.Errors;
using Runner.Services.Hosting;
using Runner.Services.S3;
using Runner.Services.Tests.Hosting;
using Runner.Testing.Network;

namespace Runner.Services.Tests.S3;

/// <summary>What is wrong with a bucket is told at the start in a line, and later by the readiness.</summary>
public sealed class S3StartTests(S3Server s3) : IDisposable
{
    private readonly TestKey _key = new();

    // A test's own; see TestEmulator.
#pragma warning disable RS0030
    private readonly HttpClient _http = new();
#pragma warning restore RS0030

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Bucket_that_is_not_there_is_named()
    {
        var place = s3.NewPlace("nowhere");

        Assert.Equal(
            $"the bucket 'nowhere' at {Address} answered ListObjectsV2 of '{place.Prefix}check/' with 404 NoSuchBucket: there is no such bucket",
            await RefusalAsync(place));
    }

    [Fact(Timeout = 60_000)]
    public async Task Permission_that_lacks_is_named()
    {
        Assert.SkipUnless(s3.IsOwn, "the server that RUNNER_TEST_S3 names has no such bucket");

        var refusal = await RefusalAsync(s3.NewPlace("sealed"));

        Assert.StartsWith($"the bucket 'sealed' at {Address} answered PutObject of '", refusal, StringComparison.Ordinal);
        Assert.EndsWith("' with 403 AccessDenied: the credentials lack this permission", refusal, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Bucket_that_does_not_tell_what_is_not_there_is_named()
    {
        var place = s3.NewPlace();
        await using var fault = await s3.FailAsync(place, "GET", "check/[0-9a-f]");

        var refusal = await RefusalAsync(place);

        Assert.StartsWith(
            $"the bucket 'kept' at {Address} does not tell which objects are not there: the credentials lack s3:ListBucket for all keys below the prefix, or s3:GetObject (", refusal, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Address_at_which_nobody_is_is_named()
    {
        var refusal = await RefusalAsync(s3.NewPlace() with { Endpoint = new Uri("http://127.0.0.1:1") });

        Assert.Equal("the bucket 'kept' at http://127.0.0.1:1 cannot be reached for ListObjectsV2: Connection refused (127.0.0.1:1)", refusal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Server_without_its_bucket_is_alive_and_not_ready_and_says_why()
    {
        var way = CuttableProxy.Start(IPAddress.Loopback, new IPEndPoint(IPAddress.Loopback, s3.Url.Port));
        await using var services = await StartAsync(s3.NewPlace() with { Endpoint = new UriBuilder(s3.Url) { Port = way.Port }.Uri });
        var before = await ReadyAsync(services);

        await way.DisposeAsync();
        var after = await ReadyAsync(services);

        Assert.Equal((HttpStatusCode.OK, "ok\n"), before);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, after.Status);
        Assert.Contains("cannot be reached for ListObjectsV2", after.Text, StringComparison.Ordinal);
        Assert.Equal("ok\n", await _http.GetStringAsync(new Uri(services.MetricsUrl, "healthz"), Token));
    }

    public void Dispose()
    {
        _http.Dispose();
        _key.Dispose();
    }

    private string Address => s3.Url.GetLeftPart(UriPartial.Authority);

    private async Task<string> RefusalAsync(S3Options place) => (await Assert.ThrowsAsync<OperatorException>(() => StartAsync(place))).Message;

    private Task<ClusterServices> StartAsync(S3Options place) => ClusterServices.StartAsync(
        new ClusterServicesOptions { Bucket = place, KeyFile = _key.FullPath, PublicUrl = new Uri("http://127.0.0.1:0"), Time = new LeapingTime() }, Token);

    private async Task<(HttpStatusCode Status, string Text)> ReadyAsync(ClusterServices services)
    {
        using var answer = await _http.GetAsync(new Uri(services.MetricsUrl, "readyz"), Token);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    // Whoever asks twice asks a minute later.
    private sealed class LeapingTime : TimeProvider
    {
        private long _minutes;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromMinutes(Interlocked.Increment(ref _minutes));
    }
}
