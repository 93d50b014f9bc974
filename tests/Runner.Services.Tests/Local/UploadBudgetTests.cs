using Runner.Services.Records;

namespace Runner.Services.Tests.Local;

/// <summary>What is uploaded and never completed takes no more room than what is.</summary>
public sealed class UploadBudgetTests
{
    private static readonly ServiceLimits Ten = new() { ArtifactBytes = 10, CacheBytes = 10 };

    [Fact(Timeout = 60_000)]
    public async Task Artifacts_of_a_run_share_a_limit_before_they_are_complete_and_after()
    {
        await using var server = await LocalServer.StartAsync(Ten);
        var (one, two, other) = (await ArtifactAsync(server, "one"), await ArtifactAsync(server, "two"), await ArtifactAsync(server, "three", run: "run-2"));

        int[] answers =
        [
            await server.PutAsync(one, "12345678901", "BlockBlob"),             // too much at once
            await server.PutAsync(one + "&comp=block&blockid=QTE%3D", "123456"),
            await server.PutAsync(two + "&comp=block&blockid=QTE%3D", "123456"), // with the other's
            await server.PutAsync(one + "&comp=block&blockid=QTE%3D", "1234"),   // in the place of six
            await server.PutAsync(two, "1234567", "BlockBlob"),
            await server.PutAsync(two, "1234", "BlockBlob"),
            await server.PutAsync(two, string.Empty, "AppendBlob"),              // gives the four back
            await server.PutAsync(two + "&comp=appendblock", "123456"),
            await server.PutAsync(two + "&comp=appendblock", "1"),
            await server.PutAsync(other, "1234567890", "BlockBlob"),             // another run's
        ];
        await server.PutAsync(one + "&comp=blocklist", "<BlockList><Latest>QTE=</Latest></BlockList>");
        await server.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), ",\"name\":\"one\",\"size\":\"4\"");
        var full = await server.PutAsync(two + "&comp=appendblock", "1");
        await server.ArtifactAsync("DeleteArtifact", LocalServer.Caller(), ",\"name\":\"one\"");
        var afterDeletion = await server.PutAsync(two + "&comp=appendblock", "1234");

        Assert.Equal([413, 201, 413, 201, 413, 201, 201, 201, 413, 201], answers);
        Assert.Equal((413, 201), (full, afterDeletion));
    }

    [Fact(Timeout = 60_000)]
    public async Task Caches_that_are_being_saved_share_a_limit_until_they_are_complete_or_dropped()
    {
        await using var server = await LocalServer.StartAsync(Ten);
        var (one, two) = (await CacheAsync(server, "one"), await CacheAsync(server, "two"));

        Assert.Equal(201, await server.PutAsync(one + "&comp=block&blockid=QTE%3D", "12345678"));
        Assert.Equal(413, await server.PutAsync(two, "12345678", "BlockBlob"));
        Assert.Equal(201, await server.PutAsync(one + "&comp=blocklist", "<BlockList><Latest>QTE=</Latest></BlockList>"));
        Assert.Equal(413, await server.PutAsync(two, "12345678", "BlockBlob"));
        await server.CacheAsync("FinalizeCacheEntryUpload", LocalServer.Caller(), """{"key":"one","version":"v","size_bytes":"8"}""");
        Assert.Equal(201, await server.PutAsync(two, "12345678", "BlockBlob"));
        server.Time.Advance(TimeSpan.FromHours(6)); // nobody completes it
        Assert.Equal(201, await server.PutAsync(await CacheAsync(server, "three"), "1234567890", "BlockBlob"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_block_named_often_makes_no_blob_longer_than_what_was_uploaded()
    {
        await using var server = await LocalServer.StartAsync(Ten);
        var url = await ArtifactAsync(server, "one");
        await server.PutAsync(url + "&comp=block&blockid=QTE%3D", "12345678");

        var twice = await server.PutAsync(url + "&comp=blocklist", "<BlockList><Latest>QTE=</Latest><Latest>QTE=</Latest></BlockList>");

        Assert.Equal(400, twice);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_makes_no_more_artifacts_than_it_may()
    {
        await using var server = await LocalServer.StartAsync(new ServiceLimits { ArtifactsOfJob = 2 });
        await ArtifactAsync(server, "one");
        await ArtifactAsync(server, "two");

        var third = await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), ",\"name\":\"three\"");

        Assert.Equal("resource_exhausted", third["code"]!.ToString());
    }

    private static async Task<string> ArtifactAsync(LocalServer server, string name, string run = "run-1") =>
        (await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(run: run), $",\"name\":\"{name}\""))["signed_upload_url"]!.ToString();

    private static async Task<string> CacheAsync(LocalServer server, string key) =>
        (await server.CacheAsync("CreateCacheEntry", LocalServer.Caller(), $$"""{"key":"{{key}}","version":"v"}"""))["signed_upload_url"]!.ToString();
}
