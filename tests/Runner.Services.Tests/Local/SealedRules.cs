namespace Runner.Services.Tests.Local;

/// <summary>What is complete stays as it is, and what nobody asked for is not written, by whatever operation of an address that is still valid, wherever all is kept.</summary>
public abstract class SealedRules
{
    internal abstract Task<LocalServer> StartAsync();

    public static TheoryData<string, string?, string> Operations => new()
    {
        // query                                  kind of blob   body
        { "",                                     "BlockBlob",   "POISON" },
        { "",                                     "BlockBlob",   "" },
        { "",                                     "AppendBlob",  "" },
        { "&comp=appendblock",                    null,          "POISON" },
        { "&comp=appendblock&seal=true",          null,          "POISON" },
        { "&comp=block&blockid=QTE%3D",           null,          "POISON" },
        { "&comp=blocklist",                      null,          "<BlockList></BlockList>" },
        { "&comp=blocklist",                      null,          "<BlockList><Latest>QTE=</Latest></BlockList>" },
        { "&comp=seal",                           null,          "" },
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Operations))]
    public async Task A_complete_artifact_is_as_it_was_after_every_operation(string query, string? kind, string body)
    {
        await using var server = await StartAsync();
        var url = await UploadArtifactAsync(server);

        var status = await server.PutAsync(url + query, body, kind);
        var append = await server.PutAsync(url + "&comp=appendblock", "POISON");

        Assert.InRange(status, 400, 499);
        Assert.InRange(append, 400, 499);
        var signed = (await server.ArtifactAsync("GetSignedArtifactURL", LocalServer.Caller(), ",\"name\":\"site\""))["signed_url"]!.ToString();
        Assert.Equal("abc", await server.Http.GetStringAsync(new Uri(signed), TestContext.Current.CancellationToken));
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Operations))]
    public async Task A_complete_cache_is_as_it_was_after_every_operation(string query, string? kind, string body)
    {
        await using var server = await StartAsync();
        var url = (await server.CacheAsync("CreateCacheEntry", LocalServer.Caller(), """{"key":"k","version":"v"}"""))["signed_upload_url"]!.ToString();
        await server.PutAsync(url, "abc", "BlockBlob");
        await server.CacheAsync("FinalizeCacheEntryUpload", LocalServer.Caller(), """{"key":"k","version":"v","size_bytes":"3"}""");

        var status = await server.PutAsync(url + query, body, kind);
        var append = await server.PutAsync(url + "&comp=appendblock", "POISON");

        Assert.InRange(status, 400, 499);
        Assert.InRange(append, 400, 499);
        var signed = (await server.CacheAsync("GetCacheEntryDownloadURL", LocalServer.Caller(), """{"key":"k","version":"v"}"""))["signed_download_url"]!.ToString();
        Assert.Equal("abc", await server.Http.GetStringAsync(new Uri(signed), TestContext.Current.CancellationToken));
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Operations))]
    public async Task The_address_of_a_deleted_artifact_writes_nothing(string query, string? kind, string body)
    {
        await using var server = await StartAsync();
        var url = await UploadArtifactAsync(server);
        await server.ArtifactAsync("DeleteArtifact", LocalServer.Caller(), ",\"name\":\"site\"");

        Assert.InRange(await server.PutAsync(url + query, body, kind), 400, 499);

        Assert.Equal(0, await server.CountPartsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Address_of_a_cache_opens_nothing_where_artifacts_are_and_the_other_way_round()
    {
        await using var server = await StartAsync();
        var cache = (await server.CacheAsync("CreateCacheEntry", LocalServer.Caller(), """{"key":"k","version":"v"}"""))["signed_upload_url"]!.ToString();
        var artifact = (await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), ",\"name\":\"site\""))["signed_upload_url"]!.ToString();
        var (cacheElsewhere, artifactElsewhere) = (
            cache.Replace("/cache-blobs/", "/blobs/", StringComparison.Ordinal), artifact.Replace("/blobs/", "/cache-blobs/", StringComparison.Ordinal));

        int[] answers =
        [
            await server.PutAsync(cacheElsewhere, "abc", "BlockBlob"),
            await server.PutAsync(cacheElsewhere + "&comp=block&blockid=QTE%3D", "abc"),
            await server.PutAsync(artifactElsewhere, "abc", "BlockBlob"),
            await server.PutAsync(artifactElsewhere + "&comp=block&blockid=QTE%3D", "abc"),
        ];

        Assert.Equal([404, 404, 404, 404], answers);
        Assert.Equal(0, await server.CountPartsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task An_artifact_of_nothing_is_complete_too()
    {
        await using var server = await StartAsync();
        var url = (await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), ",\"name\":\"site\""))["signed_upload_url"]!.ToString();
        var done = await server.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), ",\"name\":\"site\",\"size\":\"0\"");

        Assert.True((bool)done["ok"]!);
        Assert.Equal(409, await server.PutAsync(url, "POISON", "BlockBlob"));
        var signed = (await server.ArtifactAsync("GetSignedArtifactURL", LocalServer.Caller(), ",\"name\":\"site\""))["signed_url"]!.ToString();
        Assert.Empty(await server.Http.GetStringAsync(new Uri(signed), TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 60_000)]
    public async Task Completing_again_changes_nothing_that_was_said_of_an_artifact()
    {
        await using var server = await StartAsync();
        await UploadArtifactAsync(server);

        var same = await server.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), ",\"name\":\"site\",\"size\":\"3\"");
        var other = await server.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), ",\"name\":\"site\",\"size\":\"3\",\"hash\":\"sha256:00\"");

        Assert.True((bool)same["ok"]!);
        Assert.Equal("already_exists", other["code"]!.ToString());
    }

    private static async Task<string> UploadArtifactAsync(LocalServer server)
    {
        var url = (await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), ",\"name\":\"site\""))["signed_upload_url"]!.ToString();
        await server.PutAsync(url, "abc", "BlockBlob");
        await server.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), ",\"name\":\"site\",\"size\":\"3\"");
        return url;
    }
}
