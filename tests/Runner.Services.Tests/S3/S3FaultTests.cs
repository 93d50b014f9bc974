using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Runner.Services.Caches;
using Runner.Services.Records;
using Runner.Services.S3;
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

    [Theory(Timeout = 60_000)]
    [InlineData("DELETE", "data/", "before", true)] // what is left over stays for later
    [InlineData("PUT", "heads/", "after", false)]
    [InlineData("PUT", "records/", "before", false)]
    [InlineData("PUT", "records/", "after", false)]
    public async Task Save_of_the_older_form_survives_what_fails_while_it_is_completed(string method, string keys, string when, bool atOnce)
    {
        await using var server = await LocalServer.StartInBucketAsync(s3);
        var id = JsonNode.Parse(await V1Async(server, HttpMethod.Post, "caches", """{"key":"k","version":"v"}""", HttpStatusCode.Created))!["cacheId"];
        await V1Async(server, HttpMethod.Patch, $"caches/{id}", "xyz", HttpStatusCode.NoContent, "bytes 0-2/*");
        server.Time.Advance(TimeSpan.FromSeconds(1));
        await V1Async(server, HttpMethod.Patch, $"caches/{id}", "abc", HttpStatusCode.NoContent, "bytes 0-2/*"); // again: the first one is left over
        await V1Async(server, HttpMethod.Patch, $"caches/{id}", "def", HttpStatusCode.NoContent, "bytes 3-5/*");
        await using (await s3.FailAsync(server.Bucket!, method, keys, when))
        {
            await V1Async(server, HttpMethod.Post, $"caches/{id}", """{"size":6}""", atOnce ? HttpStatusCode.NoContent : HttpStatusCode.ServiceUnavailable);
        }

        if (!atOnce)
        {
            await V1Async(server, HttpMethod.Post, $"caches/{id}", """{"size":6}""", HttpStatusCode.NoContent);
        }

        var found = JsonNode.Parse(await V1Async(server, HttpMethod.Get, "cache?keys=k&version=v", string.Empty, HttpStatusCode.OK));
        Assert.Equal("abcdef", await server.Http.GetStringAsync(new Uri(found!["archiveLocation"]!.ToString()), Token));
        Assert.Equal(atOnce ? 3 : 2, await server.CountPartsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_over_and_cannot_be_removed_keeps_nothing_else_from_being_served_or_removed()
    {
        await using var server = await LocalServer.StartInBucketAsync(s3);
        await server.SaveAsync(LocalServer.Caller() with { Repository = "acme/other" }, "stays");
        await server.SaveAsync(LocalServer.Caller() with { Repository = "acme/third" }, "goes");
        await using var fault = await s3.FailAsync(server.Bucket!, "DELETE", "records/caches/" + CacheRecord.PlaceOf("acme/other"));
        server.Time.Advance(TimeSpan.FromDays(8));

        Assert.True(await server.SaveAsync(LocalServer.Caller(), "k"));
        Assert.Equal("k", await server.RestoreAsync(LocalServer.Caller(), "k"));
        Assert.Null(await server.RestoreAsync(LocalServer.Caller() with { Repository = "acme/other" }, "stays"));
        await server.SweepAsync();
        Assert.Equal(2, await server.CountPartsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Artifact_that_is_over_is_as_if_it_were_not_there_before_anybody_removed_it()
    {
        await using var server = await LocalServer.StartInBucketAsync(s3);
        await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), ",\"name\":\"half\"");
        await using (await s3.FailAsync(server.Bucket!, "DELETE", "records/"))
        {
            server.Time.Advance(TimeSpan.FromHours(7)); // the server's own look removes nothing
            Assert.Empty((await server.ArtifactAsync("ListArtifacts", LocalServer.Caller(), string.Empty))["artifacts"]!.AsArray());
        }

        Assert.True((bool)(await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), ",\"name\":\"half\""))["ok"]!);
    }

    [Fact(Timeout = 60_000)]
    public async Task Restore_is_noted_every_five_minutes_and_found_where_that_fails()
    {
        await using var server = await LocalServer.StartInBucketAsync(s3);
        await server.SaveAsync(LocalServer.Caller(), "k");
        server.Time.Advance(TimeSpan.FromMinutes(4));
        var soon = await TagAsync(server);
        await server.RestoreAsync(LocalServer.Caller(), "k");
        Assert.Equal(soon, await TagAsync(server));
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await server.RestoreAsync(LocalServer.Caller(), "k");
        Assert.NotEqual(soon, await TagAsync(server));

        server.Time.Advance(TimeSpan.FromMinutes(6));
        await using var fault = await s3.FailAsync(server.Bucket!, "PUT", "records/");
        Assert.Equal("k", await server.RestoreAsync(LocalServer.Caller(), "k"));

        static async Task<string> TagAsync(LocalServer server)
        {
            using var bucket = new S3Bucket(server.Bucket!);
            return Assert.Single(await bucket.ListAsync("records/", Token)).Tag;
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Save_that_finds_no_way_to_make_room_is_saved_and_a_later_look_makes_it()
    {
        await using var server = await LocalServer.StartInBucketAsync(s3, new ServiceLimits { CacheBytes = 10 });
        await server.SaveAsync(LocalServer.Caller(), "one", 8);
        server.Time.Advance(TimeSpan.FromMinutes(6));
        await using (await s3.FailAsync(server.Bucket!, "DELETE", "records/"))
        {
            Assert.True(await server.SaveAsync(LocalServer.Caller(), "three", 8));
            var again = await server.CacheAsync("FinalizeCacheEntryUpload", LocalServer.Caller(), """{"key":"three","version":"v","size_bytes":"8"}""");
            Assert.True((bool)again["ok"]!);
        }

        await server.SweepAsync();

        Assert.Equal([null, "three"], [await server.RestoreAsync(LocalServer.Caller(), "one"), await server.RestoreAsync(LocalServer.Caller(), "three")]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Record_that_cannot_be_read_keeps_the_others_from_nothing()
    {
        await using var server = await LocalServer.StartInBucketAsync(s3);
        await server.SaveAsync(LocalServer.Caller(), "k");
        using var bucket = new S3Bucket(server.Bucket!);
        await bucket.PutAsync("records/caches/x/y/z.json", "garbage"u8.ToArray(), tag: null, Token);
        await bucket.PutAsync("data/caches/1-dead/whole.1.1", new MemoryStream([1]), 1, Token); // nobody's, or that record's
        server.Time.Advance(TimeSpan.FromDays(8));

        await server.SweepAsync();
        Assert.Equal(1, await server.CountPartsAsync());
        Assert.Single(await bucket.ListAsync("records/", Token));

        await bucket.DeleteAsync("records/caches/x/y/z.json", tag: null, Token);
        await server.SweepAsync();
        Assert.Equal(0, await server.CountPartsAsync());
    }

    private const string Artifact = """{"workflow_run_backend_id":"run-1","workflow_job_run_backend_id":"job-1","name":"site"}""";

    private static async Task<string> V1Async(LocalServer server, HttpMethod method, string route, string body, HttpStatusCode expected, string? range = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(server.Url, "_apis/artifactcache/" + route)) { Content = new StringContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + server.NewToken(LocalServer.Caller()));
        if (range is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Range", range);
        }

        using var answer = await server.Http.SendAsync(request, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.StatusCode == expected, $"{method} {route}: {(int)answer.StatusCode} {text}");
        return text;
    }

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
