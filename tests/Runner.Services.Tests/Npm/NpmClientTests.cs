using System.Diagnostics;
using Runner.Jobs.Callers;
using Runner.Services.Tests.Hosting;
using Runner.Testing;

namespace Runner.Services.Tests.Npm;

public sealed class NpmClientTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TempFolder _data = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Artifacts_are_uploaded_listed_downloaded_deleted_and_uploaded_again()
    {
        await using var services = await StartAsync();

        var seen = await NpmProgram.RunAsync("artifacts.mjs", services.Url, services.NewToken(Caller), _folder);

        Assert.Contains("an artifact with this name already exists on the workflow run", seen["again"]!.ToString(), StringComparison.Ordinal);
        seen.Remove("again");
        Assert.Equal(
            """{"names":["build","logs"],"sameId":true,"files":["one","two"],"digestMismatch":false,"deleted":true,"afterwards":["build","logs"],"invalid":"Error"}""",
            seen.ToJsonString());
    }

    [Fact(Timeout = 120_000)]
    public async Task Caches_are_saved_once_and_restored_by_key_and_prefix()
    {
        await using var services = await StartAsync();

        var seen = await NpmProgram.RunAsync("caches.mjs", services.Url, services.NewToken(Caller), _folder);

        Assert.Equal(CacheSight, seen.ToJsonString());
    }

    [Fact(Timeout = 120_000)]
    public async Task Caches_work_in_the_older_form_too()
    {
        await using var services = await StartAsync();

        var seen = await NpmProgram.RunAsync("caches-v1.mjs", services.Url, services.NewToken(Caller), _folder);

        Assert.Equal(CacheSight, seen.ToJsonString());
    }

    [Fact(Timeout = 120_000)]
    public async Task Server_for_a_cluster_takes_artifacts_and_caches_by_an_agents_token()
    {
        using var key = new TestKey();
        await using var services = await key.StartAsync(_data);
        var token = key.Tokens.Issue(Caller, TimeSpan.FromHours(1));

        var seen = await NpmProgram.RunAsync("artifacts.mjs", services.Url, token, _folder);

        Assert.Equal("""["build","logs"]""", seen["afterwards"]!.ToJsonString());
    }

    [Fact(Timeout = 120_000)]
    public async Task Server_for_a_cluster_finds_the_token_of_older_caches_in_the_address_whatever_the_header_has()
    {
        using var key = new TestKey();
        await using var services = await key.StartAsync(_data);
        var address = JobAddress.Of(services.Url, key.Tokens.Issue(Caller, TimeSpan.FromHours(1)));

        var seen = await NpmProgram.RunAsync("caches-v1.mjs", services.Url, "githubs-own", _folder, address);

        Assert.Equal(CacheSight, seen.ToJsonString());
    }

    [Fact(Timeout = 300_000)]
    public async Task An_artifact_of_1_gib_goes_through_with_bounded_memory()
    {
        await using var services = await StartAsync();
        var before = Environment.WorkingSet;

        var seen = await NpmProgram.RunAsync("big-artifact.mjs", services.Url, services.NewToken(Caller), _folder);

        Assert.Equal("""{"isBig":true,"bytes":1073741824,"digestMismatch":false}""", seen.ToJsonString());
        using var self = Process.GetCurrentProcess();
        Assert.InRange(self.PeakWorkingSet64 - before, 0, 256L << 20);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _data.Dispose();
    }

    internal const string CacheSight =
        """{"available":true,"miss":"miss","saved":true,"again":-1,"hit":"npm-1=one","concurrent":1,"prefix":"npm-2=two","other":"miss"}""";

    internal static ServiceCaller Caller => new()
    {
        Run = Guid.NewGuid().ToString(),
        Job = Guid.NewGuid().ToString(),
        Repository = "acme/site",
        Scopes = CacheScopes.Of("refs/heads/main", null, "main", isFork: false),
    };

    private Task<LocalServices> StartAsync() => LocalServices.StartAsync(new LocalServicesOptions { Folder = _data.FullPath }, Token);
}
