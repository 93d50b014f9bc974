using System.Text.Json.Nodes;
using Runner.Services.Hosting;
using Runner.Services.Tests.Hosting;
using Runner.Services.Tests.Npm;
using Runner.Testing;

namespace Runner.Services.Tests.S3;

/// <summary>GitHub's own packages over a bucket.</summary>
public sealed class S3NpmTests(S3Server s3) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestKey _key = new();

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Artifacts_are_uploaded_listed_downloaded_deleted_and_uploaded_again(bool sendsDownloadsOn)
    {
        var seen = await RunAsync("artifacts.mjs", sendsDownloadsOn);

        Assert.True(seen.Remove("again"));
        Assert.Equal(
            """{"names":["build","logs"],"sameId":true,"files":["one","two"],"digestMismatch":false,"deleted":true,"afterwards":["build","logs"],"invalid":"Error"}""",
            seen.ToJsonString());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("caches.mjs", false)]
    [InlineData("caches.mjs", true)]
    [InlineData("caches-v1.mjs", false)]
    [InlineData("caches-v1.mjs", true)]
    public async Task Caches_are_saved_once_and_restored_by_key_and_prefix(string program, bool sendsDownloadsOn)
    {
        Assert.Equal(NpmClientTests.CacheSight, (await RunAsync(program, sendsDownloadsOn)).ToJsonString());
    }

    public void Dispose()
    {
        _folder.Dispose();
        _key.Dispose();
    }

    private async Task<JsonObject> RunAsync(string program, bool sendsDownloadsOn)
    {
        await using var services = await ClusterServices.StartAsync(
            new ClusterServicesOptions
            {
                Bucket = s3.NewPlace() with { SendsDownloadsOn = sendsDownloadsOn },
                KeyFile = _key.FullPath,
                PublicUrl = new Uri("http://127.0.0.1:0"),
            },
            TestContext.Current.CancellationToken);
        return await NpmProgram.RunAsync(program, services.Url, _key.Tokens.Issue(NpmClientTests.Caller, TimeSpan.FromHours(1)), _folder);
    }
}
