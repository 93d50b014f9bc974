using Runner.Services.Blobs;
using Runner.Testing;

namespace Runner.Services.Tests.Local;

public sealed class SealedTests : SealedRules
{
    internal override Task<LocalServer> StartAsync() => LocalServer.StartAsync();

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
        await using var server = await StartAsync();
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
        Assert.Equal(0, await server.CountPartsAsync());
    }
}
