using System.Text.Json.Nodes;
using Runner.Services.Records;
using Runner.Services.S3;
using Runner.Services.Tests.Local;

namespace Runner.Services.Tests.S3;

/// <summary>Two servers over one bucket are one service.</summary>
public sealed class ReplicaTests(S3Server s3)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Cache_that_is_begun_on_one_and_uploaded_to_both_is_completed_on_the_other_and_found_on_each()
    {
        await using var one = await LocalServer.StartInBucketAsync(s3);
        await using var two = await one.StartBesideAsync();
        var url = await BeginAsync(one, "npm-1");

        var puts = await Task.WhenAll(
            two.PutAsync(two.Here(url) + "&comp=block&blockid=QjI%3D", "def"),
            one.PutAsync(url + "&comp=block&blockid=QTE%3D", "abc"));
        var list = await one.PutAsync(url + "&comp=blocklist", "<BlockList><Latest>QTE=</Latest><Latest>QjI=</Latest></BlockList>");
        var done = await two.CacheAsync("FinalizeCacheEntryUpload", LocalServer.Caller(), """{"key":"npm-1","version":"v","size_bytes":"6"}""");

        Assert.Equal([201, 201, 201], [.. puts, list]);
        Assert.True((bool)done["ok"]!);
        Assert.Equal(["abcdef", "abcdef"], [await ReadAsync(one, "npm-1"), await ReadAsync(two, "npm-1")]);
        Assert.Equal(409, await one.PutAsync(url, "POISON", "BlockBlob")); // it is closed on both
        Assert.Equal(409, await two.PutAsync(two.Here(url) + "&comp=block&blockid=QTE%3D", "POISON"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Older_form_goes_through_both_too()
    {
        await using var one = await LocalServer.StartInBucketAsync(s3);
        await using var two = await one.StartBesideAsync();
        var id = (await V1Async(one, HttpMethod.Post, "caches", """{"key":"k","version":"v"}"""))!["cacheId"];

        await V1Async(two, HttpMethod.Patch, $"caches/{id}", "def", "bytes 3-5/*");
        await V1Async(one, HttpMethod.Patch, $"caches/{id}", "abc", "bytes 0-2/*");
        await V1Async(two, HttpMethod.Post, $"caches/{id}", """{"size":6}""");

        var found = await V1Async(one, HttpMethod.Get, "cache?keys=k&version=v", string.Empty);
        Assert.Equal("abcdef", await one.Http.GetStringAsync(new Uri(found!["archiveLocation"]!.ToString()), Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_one_received_and_the_other_completed_counts_once()
    {
        await using var one = await LocalServer.StartInBucketAsync(s3, new ServiceLimits { CacheBytes = 10, ArtifactBytes = 10 });
        await using var two = await one.StartBesideAsync();
        await one.PutAsync(await BeginAsync(one, "a"), "12345678", "BlockBlob");
        await one.PutAsync(await BeginArtifactAsync(one, "a"), "123456", "BlockBlob");
        Assert.Equal(413, await one.PutAsync(await BeginAsync(one, "b"), "12345678", "BlockBlob"));

        await two.CacheAsync("FinalizeCacheEntryUpload", LocalServer.Caller(), """{"key":"a","version":"v","size_bytes":"8"}""");
        await two.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), ",\"name\":\"a\",\"size\":\"6\"");

        Assert.Equal(201, await one.PutAsync(await BeginAsync(one, "c"), "12345678", "BlockBlob"));
        Assert.Equal(201, await one.PutAsync(await BeginArtifactAsync(one, "b"), "1234", "BlockBlob"));
        Assert.Equal(413, await one.PutAsync(await BeginArtifactAsync(one, "c"), "1", "BlockBlob"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(20)]
    public async Task Of_many_reservations_of_one_key_on_both_at_the_same_time_one_wins(int count)
    {
        await using var one = await LocalServer.StartInBucketAsync(s3);
        await using var two = await one.StartBesideAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(i =>
            (i % 2 == 0 ? one : two).CacheAsync("CreateCacheEntry", LocalServer.Caller(), """{"key":"k","version":"v"}""")));

        Assert.Single(answers, answer => (bool)answer["ok"]!);
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_two_jobs_that_make_one_artifact_on_both_one_does_and_each_lists_it()
    {
        await using var one = await LocalServer.StartInBucketAsync(s3);
        await using var two = await one.StartBesideAsync();

        var answers = await Task.WhenAll(CreateAsync(one), CreateAsync(two));
        var url = Assert.Single(answers, answer => answer["signed_upload_url"] is not null)["signed_upload_url"]!.ToString();
        await two.PutAsync(two.Here(url), "abc", "BlockBlob");
        await one.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), ",\"name\":\"site\",\"size\":\"3\"");

        Assert.Equal("already_exists", Assert.Single(answers, answer => answer["code"] is not null)["code"]!.ToString());
        Assert.Single((await two.ArtifactAsync("ListArtifacts", LocalServer.Caller(), string.Empty))["artifacts"]!.AsArray());
        await two.ArtifactAsync("DeleteArtifact", LocalServer.Caller(), ",\"name\":\"site\"");
        Assert.Empty((await one.ArtifactAsync("ListArtifacts", LocalServer.Caller(), string.Empty))["artifacts"]!.AsArray());
        Assert.Equal(404, await one.PutAsync(one.Here(url), "POISON", "BlockBlob"));

        static Task<JsonObject> CreateAsync(LocalServer server) => server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), ",\"name\":\"site\"");
    }

    [Fact(Timeout = 60_000)]
    public async Task What_was_used_on_one_is_not_what_the_other_evicts()
    {
        await using var one = await LocalServer.StartInBucketAsync(s3, new ServiceLimits { CacheBytes = 250 });
        await using var two = await one.StartBesideAsync();
        await one.SaveAsync(LocalServer.Caller(), "a", 100);
        one.Time.Advance(TimeSpan.FromMinutes(6));
        await two.SaveAsync(LocalServer.Caller(), "b", 100);
        one.Time.Advance(TimeSpan.FromMinutes(6));
        await two.RestoreAsync(LocalServer.Caller(), "a");
        one.Time.Advance(TimeSpan.FromMinutes(6));

        await one.SaveAsync(LocalServer.Caller(), "c", 100);

        Assert.Equal(["a", null, "c"], [await two.RestoreAsync(LocalServer.Caller(), "a"), await two.RestoreAsync(LocalServer.Caller(), "b"), await two.RestoreAsync(LocalServer.Caller(), "c")]);
        Assert.Equal(2, await two.CountPartsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Caches_of_all_repositories_share_the_room_of_the_bucket()
    {
        await using var one = await LocalServer.StartInBucketAsync(s3, new ServiceLimits { CacheBytes = 100, AllCacheBytes = 150 });
        await using var two = await one.StartBesideAsync();
        foreach (var (server, repository) in new[] { (one, "acme/one"), (two, "acme/two"), (one, "acme/three") })
        {
            await server.SaveAsync(LocalServer.Caller() with { Repository = repository }, "k", 60);
            one.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await one.SweepAsync(); // it knew nothing of what the other saved

        string?[] found = [.. await Task.WhenAll(new[] { "acme/one", "acme/two", "acme/three" }.Select(name => two.RestoreAsync(LocalServer.Caller() with { Repository = name }, "k")))];
        Assert.Equal([null, "k", "k"], found);
    }

    [Fact(Timeout = 60_000)]
    public async Task Server_that_starts_again_finds_all_and_the_upload_that_was_under_way_goes_on()
    {
        await using var one = await LocalServer.StartInBucketAsync(s3);
        await one.SaveAsync(LocalServer.Caller(), "npm-1");
        var url = await BeginAsync(one, "npm-2");
        await one.PutAsync(url + "&comp=block&blockid=QTE%3D", "abc");

        await one.StartAgainAsync();

        Assert.Equal("npm-1", await one.RestoreAsync(LocalServer.Caller(), "npm-1"));
        Assert.Equal(201, await one.PutAsync(one.Here(url) + "&comp=blocklist", "<BlockList><Latest>QTE=</Latest></BlockList>"));
        await one.CacheAsync("FinalizeCacheEntryUpload", LocalServer.Caller(), """{"key":"npm-2","version":"v","size_bytes":"3"}""");
        Assert.Equal("abc", await ReadAsync(one, "npm-2"));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_nobody_completes_goes_and_so_does_what_is_nobodys()
    {
        await using var one = await LocalServer.StartInBucketAsync(s3);
        await using var two = await one.StartBesideAsync();
        await one.PutAsync(await BeginAsync(one, "half") + "&comp=block&blockid=QTE%3D", "abc");
        await one.SaveAsync(LocalServer.Caller(), "whole");
        using var bucket = new S3Bucket(one.Bucket!);
        await bucket.PutAsync("data/caches/1-dead/whole.1.1", new MemoryStream([1]), 1, Token); // of a server that died while it deleted it
        Assert.Equal(3, await two.CountPartsAsync());

        one.Time.Advance(TimeSpan.FromMinutes(16)); // starts sweeps of both, too
        while (await two.CountPartsAsync() > 1)
        {
            await two.SweepAsync();
        }

        Assert.Equal("whole", await one.RestoreAsync(LocalServer.Caller(), "whole"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("plain")]
    [InlineData("strict")]
    public async Task Bucket_that_looks_at_no_condition_or_takes_none_serves_one_server(string bucket)
    {
        Assert.SkipUnless(s3.IsOwn, "the server that RUNNER_TEST_S3 names has no such bucket");
        await using var one = await LocalServer.StartInBucketAsync(s3.NewPlace(bucket));

        var saved = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => one.SaveAsync(LocalServer.Caller(), "npm-1")));

        Assert.Single(saved, isSaved => isSaved);
        Assert.Equal("npm-1", await one.RestoreAsync(LocalServer.Caller(), "npm-1"));
    }

    private static async Task<string> BeginAsync(LocalServer server, string key) =>
        (await server.CacheAsync("CreateCacheEntry", LocalServer.Caller(), $$"""{"key":"{{key}}","version":"v"}"""))["signed_upload_url"]!.ToString();

    private static async Task<string> BeginArtifactAsync(LocalServer server, string name) =>
        (await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), $",\"name\":\"{name}\""))["signed_upload_url"]!.ToString();

    private static async Task<string> ReadAsync(LocalServer server, string key)
    {
        var found = await server.CacheAsync("GetCacheEntryDownloadURL", LocalServer.Caller(), $$"""{"key":"{{key}}","version":"v"}""");
        return await server.Http.GetStringAsync(new Uri(found["signed_download_url"]!.ToString()), Token);
    }

    private static async Task<JsonNode?> V1Async(LocalServer server, HttpMethod method, string route, string body, string? range = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(server.Url, "_apis/artifactcache/" + route)) { Content = new StringContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + server.NewToken(LocalServer.Caller()));
        if (range is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Range", range);
        }

        using var answer = await server.Http.SendAsync(request, Token);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {route}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}");
        var text = await answer.Content.ReadAsStringAsync(Token);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }
}
