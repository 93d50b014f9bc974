using System.Text.Json.Nodes;
using Runner.Jobs.Callers;
using Runner.Services.Records;

namespace Runner.Services.Tests.Local;

/// <summary>The rules of caches, wherever these are kept.</summary>
public abstract class CacheRules
{
    internal abstract Task<LocalServer> StartAsync(ServiceLimits? limits = null);

    [Fact(Timeout = 60_000)]
    public async Task A_branch_sees_its_own_caches_and_the_default_branchs_but_no_other()
    {
        await using var server = await StartAsync();
        var (main, one, two) = (LocalServer.Caller(), LocalServer.Caller("refs/heads/one"), LocalServer.Caller("refs/heads/two"));

        await server.SaveAsync(main, "npm-main");
        await server.SaveAsync(one, "npm-one");

        Assert.Equal("npm-one", await server.RestoreAsync(one, "npm-x", "npm-"));
        Assert.Equal("npm-main", await server.RestoreAsync(two, "npm-x", "npm-"));
        Assert.Equal("npm-main", await server.RestoreAsync(main, "npm-x", "npm-"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_save_that_nothing_comes_of_keeps_nobody_from_saving_for_long()
    {
        await using var server = await StartAsync();
        await server.CacheAsync("CreateCacheEntry", LocalServer.Caller(), """{"key":"npm-1","version":"v"}""");

        Assert.False(await server.SaveAsync(LocalServer.Caller(), "npm-1"));
        server.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.True(await server.SaveAsync(LocalServer.Caller(), "npm-1"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Completing_again_is_answered_the_same_way_to_the_job_that_did()
    {
        await using var server = await StartAsync();
        await server.SaveAsync(LocalServer.Caller(), "npm-1");

        var same = await FinalizeAsync(LocalServer.Caller(), 3);
        var other = await FinalizeAsync(LocalServer.Caller(), 4);
        var stranger = await FinalizeAsync(LocalServer.Caller() with { Job = "job-2" }, 3);

        Assert.True((bool)same["ok"]!);
        Assert.Equal(("already_exists", "not_found"), (other["code"]!.ToString(), stranger["code"]!.ToString()));

        Task<JsonObject> FinalizeAsync(ServiceCaller caller, int size) =>
            server.CacheAsync("FinalizeCacheEntryUpload", caller, $$"""{"key":"npm-1","version":"v","size_bytes":"{{size}}"}""");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_fork_reads_but_does_not_save()
    {
        await using var server = await StartAsync();
        await server.SaveAsync(LocalServer.Caller(), "npm-1");
        var fork = LocalServer.Caller("refs/pull/7/merge", isFork: true);

        var refused = await server.CacheAsync("CreateCacheEntry", fork, """{"key":"npm-2","version":"v"}""");

        Assert.Equal("""{"ok":false,"message":"this job may read caches but not save them"}""", refused.ToJsonString());
        Assert.Equal("npm-1", await server.RestoreAsync(fork, "npm-1"));
    }

    [Theory(Timeout = 60_000)]
    // mode                 restores          saves
    [InlineData(true, true,   "npm-1",          true)]
    [InlineData(true, false,  "npm-1",          false)]
    [InlineData(false, true,  null,             true)]
    [InlineData(false, false, null,             false)]
    public async Task A_cache_mode_bounds_what_a_job_restores_and_saves(bool canRestore, bool canSave, string? restored, bool saves)
    {
        await using var server = await StartAsync();
        await server.SaveAsync(LocalServer.Caller(), "npm-1");
        var whole = LocalServer.Caller("refs/heads/one");
        var job = whole with { Scopes = CacheScopes.Within(whole.Scopes, canRestore, canSave) };

        Assert.Equal(restored, await server.RestoreAsync(job, "npm-x", "npm-"));
        Assert.Equal(saves, await server.SaveAsync(job, "npm-2"));
        Assert.Equal(canRestore && canSave ? "npm-2" : restored, await server.RestoreAsync(job, "npm-2", "npm-"));
        Assert.Equal(saves ? "npm-2" : "npm-1", await server.RestoreAsync(whole, "npm-2", "npm-"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_many_jobs_that_save_one_key_at_the_same_time_one_does()
    {
        await using var server = await StartAsync();

        var saved = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => server.SaveAsync(LocalServer.Caller(), "npm-1")));

        Assert.Single(saved, isSaved => isSaved);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_least_recently_used_cache_goes_when_the_quota_is_full()
    {
        await using var server = await StartAsync(new ServiceLimits { CacheBytes = 250 });
        foreach (var key in new[] { "one", "two" })
        {
            await server.SaveAsync(LocalServer.Caller(), key, 100);
            server.Time.Advance(TimeSpan.FromMinutes(6));
        }

        await server.RestoreAsync(LocalServer.Caller(), "one");
        server.Time.Advance(TimeSpan.FromMinutes(6));
        await server.SaveAsync(LocalServer.Caller(), "three", 100);

        Assert.Equal("one", await server.RestoreAsync(LocalServer.Caller(), "one"));
        Assert.Null(await server.RestoreAsync(LocalServer.Caller(), "two"));
        Assert.Equal("three", await server.RestoreAsync(LocalServer.Caller(), "three"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cache_that_nobody_uses_goes_after_a_week()
    {
        await using var server = await StartAsync();
        await server.SaveAsync(LocalServer.Caller(), "npm-1");

        server.Time.Advance(TimeSpan.FromDays(7));

        Assert.Null(await server.RestoreAsync(LocalServer.Caller(), "npm-1"));
        await server.SweepAsync();
        Assert.Equal(0, await server.CountPartsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Keys_with_a_comma_or_too_many_keys_are_refused()
    {
        await using var server = await StartAsync();

        var comma = await server.CacheAsync("CreateCacheEntry", LocalServer.Caller(), """{"key":"a,b","version":"v"}""");
        var many = await server.CacheAsync(
            "GetCacheEntryDownloadURL", LocalServer.Caller(), """{"key":"a","restore_keys":["1","2","3","4","5","6","7","8","9","10"],"version":"v"}""");

        Assert.Equal("the key 'a,b' is not valid: it has 1 to 512 characters and no comma", comma["msg"]!.ToString());
        Assert.Equal("expected 1 to 10 keys, found 11", many["msg"]!.ToString());
    }
}
