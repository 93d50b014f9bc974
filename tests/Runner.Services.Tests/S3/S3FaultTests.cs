using System.Net;
using System.Text;
using Runner.Services.Tests.Local;

namespace Runner.Services.Tests.S3;

/// <summary>What becomes of calls while the bucket fails some of theirs, and afterwards.</summary>
public sealed class S3FaultTests(S3Server s3)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData("heads/", "before")]
    [InlineData("heads/", "after")]
    [InlineData("records/", "before")]
    [InlineData("records/", "after")]
    public async Task Begin_that_broke_off_keeps_nobody_from_beginning(string keys, string when)
    {
        await using var server = await LocalServer.StartInBucketAsync(s3);
        await using (await s3.FailAsync(server.Bucket!, "PUT", keys, when))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(server, "CacheService/CreateCacheEntry", """{"key":"k","version":"v"}"""));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(server, "ArtifactService/CreateArtifact", Artifact));
        }

        server.Time.Advance(TimeSpan.FromSeconds(3)); // as clients do

        Assert.True(await server.SaveAsync(LocalServer.Caller(), "k"));
        Assert.Equal("k", await server.RestoreAsync(LocalServer.Caller(), "k"));
        var url = (await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), ",\"name\":\"site\""))["signed_upload_url"]!.ToString();
        Assert.Equal(201, await server.PutAsync(url, "abc", "BlockBlob"));
        Assert.True((bool)(await server.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), ",\"name\":\"site\",\"size\":\"3\""))["ok"]!);
    }

    [Fact(Timeout = 60_000)]
    public async Task Begin_that_another_job_makes_or_of_which_something_has_arrived_is_nobody_elses()
    {
        await using var server = await LocalServer.StartInBucketAsync(s3);
        var begun = await server.CacheAsync("CreateCacheEntry", LocalServer.Caller(), """{"key":"k","version":"v"}""");
        server.Time.Advance(TimeSpan.FromSeconds(3));

        var others = await server.SaveAsync(LocalServer.Caller() with { Job = "job-2" }, "k");
        await server.PutAsync(begun["signed_upload_url"]! + "&comp=block&blockid=QTE%3D", "abc");
        var own = await server.SaveAsync(LocalServer.Caller(), "k");

        Assert.Equal((false, false), (others, own));
    }

    private const string Artifact = """{"workflow_run_backend_id":"run-1","workflow_job_run_backend_id":"job-1","name":"site"}""";

    private static async Task<HttpStatusCode> StatusAsync(LocalServer server, string method, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, "twirp/github.actions.results.api.v1." + method))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + server.NewToken(LocalServer.Caller()));
        using var answer = await server.Http.SendAsync(request, Token);
        return answer.StatusCode;
    }
}
