using Runner.Services.Blobs;
using Runner.Testing;

namespace Runner.Services.Tests.Local;

/// <summary>What is complete stays as it is, and what nobody asked for is not written, by whatever operation of an address that is still valid.</summary>
public sealed class SealedTests
{
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
        await using var server = await LocalServer.StartAsync();
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
        await using var server = await LocalServer.StartAsync();
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
        await using var server = await LocalServer.StartAsync();
        var url = await UploadArtifactAsync(server);
        await server.ArtifactAsync("DeleteArtifact", LocalServer.Caller(), ",\"name\":\"site\"");

        Assert.InRange(await server.PutAsync(url + query, body, kind), 400, 499);

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(server.Folder, "blobs"), "*", SearchOption.AllDirectories));
    }

    [Fact(Timeout = 60_000)]
    public async Task Completing_again_changes_nothing_that_was_said_of_an_artifact()
    {
        await using var server = await LocalServer.StartAsync();
        await UploadArtifactAsync(server);

        var same = await server.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), ",\"name\":\"site\",\"size\":\"3\"");
        var other = await server.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), ",\"name\":\"site\",\"size\":\"3\",\"hash\":\"sha256:00\"");

        Assert.True((bool)same["ok"]!);
        Assert.Equal("already_exists", other["code"]!.ToString());
    }

    // The old content has the size that the call names, and is checked while the blocks of another are joined.
    [Fact(Timeout = 120_000)]
    public async Task What_is_frozen_during_a_commit_is_the_one_or_the_other_and_stays_so()
    {
        using var folder = new TempFolder();
        var store = new BlobStore(folder.FullPath, TimeProvider.System);
        for (var round = 0; round < 50; round++)
        {
            var name = $"blob-{round}";
            store.Reserve(name, budget: null);
            await store.PutAsync(name, new MemoryStream("abc"u8.ToArray()), null, onlyIfNew: false, TestContext.Current.CancellationToken);
            var ids = Enumerable.Range(0, 32).Select(number => $"{number:D4}").ToList();
            foreach (var id in ids)
            {
                await store.StageBlockAsync(name, id, new MemoryStream(new byte[100_000]), null, TestContext.Current.CancellationToken);
            }

            var commit = Record.ExceptionAsync(() => store.CommitBlocksAsync(name, ids, null, TestContext.Current.CancellationToken));
            var length = await store.FreezeAsync(name, 3, null, TestContext.Current.CancellationToken);
            var refusal = await commit;

            Assert.True((length == 3) == (refusal is BlobException), $"frozen at {length} bytes, the commit said {refusal?.Message ?? "yes"}");
            Assert.Equal(length, store.Find(name)?.Length);
            await using var content = store.OpenRead(name);
            Assert.Equal(length, content?.Length);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task An_ended_job_makes_no_entries_and_what_it_began_is_gone()
    {
        await using var server = await LocalServer.StartAsync();
        var artifact = (await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), ",\"name\":\"half\""))["signed_upload_url"]!.ToString();
        var cache = (await server.CacheAsync("CreateCacheEntry", LocalServer.Caller(), """{"key":"k","version":"v"}"""))["signed_upload_url"]!.ToString();
        await server.PutAsync(artifact, "abc", "BlockBlob");
        await server.PutAsync(cache + "&comp=block&blockid=QTE%3D", "abc");

        server.EndJob(LocalServer.Caller());

        Assert.Equal("unauthenticated", (await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), ",\"name\":\"new\""))["code"]!.ToString());
        Assert.Equal("unauthenticated", (await server.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), ",\"name\":\"half\",\"size\":\"3\""))["code"]!.ToString());
        Assert.Equal("unauthenticated", (await server.CacheAsync("CreateCacheEntry", LocalServer.Caller(), """{"key":"n","version":"v"}"""))["code"]!.ToString());
        Assert.Equal(404, await server.PutAsync(artifact, "x", "BlockBlob"));
        Assert.Equal(404, await server.PutAsync(cache, "x", "BlockBlob"));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(server.Folder, "blobs"), "*", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(server.Folder, "cache-blobs"), "*", SearchOption.AllDirectories));
    }

    private static async Task<string> UploadArtifactAsync(LocalServer server)
    {
        var url = (await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), ",\"name\":\"site\""))["signed_upload_url"]!.ToString();
        await server.PutAsync(url, "abc", "BlockBlob");
        await server.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), ",\"name\":\"site\",\"size\":\"3\"");
        return url;
    }
}
