using System.Net.Http.Headers;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.Launch;
using Runner.Testing;
using Runner.Testing.Http;

namespace Runner.Protocol.Tests.Launch;

public sealed class LaunchClientTests(FakeHttpServer server)
{
    private static readonly PlanId Plan = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));
    private static readonly JobId Job = new(Guid.Parse("33333333-3333-3333-3333-333333333333"));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<int, string, string> Refusals => new()
    {
        { 422, """{"errors":{"a/b@v1":{"message":"Unable to resolve action a/b, not found"},"c/d@v2":{"message":"blocked"}}}""", "Unable to resolve action a/b, not found. blocked" },
        { 422, """{"errors":{"a/b@v1":null}}""", "a/b@v1 cannot be resolved" },
        { 429, "", "answered 429 (request REQ:1)" },
    };

    [Fact(Timeout = 30_000)]
    public async Task Actions_are_asked_for_as_GitHub_expects_and_their_commits_are_read()
    {
        var site = server.Open(TestSetup.InTurn((200, """
            {"actions":{"actions/checkout@v4":{"name":"actions/checkout","resolved_name":"actions/checkout","version":"v4","resolved_sha":"0123",
             "tar_url":"https://api.example/tar","authentication":{"token":"ghs_y","expires_at":"2026-01-31T09:00:00Z"},
             "package_details":{"version":"4.2.1","manifest_digest":"sha256:ab"}}}}
            """)));

        var reply = await Client(site).ResolveAsync(
            new ResolveActionsRequest
            {
                Actions = [new() { Action = "actions/checkout", Version = "v4" }, new() { Action = "acme/tools", Version = "main", Path = "lint" }],
                Dependencies = ["acme/locked@v1"],
            },
            Cancelled);

        var download = reply.Actions["actions/checkout@v4"];
        Assert.Equal(
            ("0123", "https://api.example/tar", "ghs_y", "4.2.1"),
            (download.ResolvedSha, download.TarUrl, download.Authentication?.Token, download.PackageDetails?.Version));
        var request = site.Requests.Single();
        Assert.Equal("/actions/build/11111111-1111-1111-1111-111111111111/jobs/33333333-3333-3333-3333-333333333333/runnerresolve/actions", request.Path);
        Assert.Equal("Bearer job-token", request.Headers["Authorization"]);
        Assert.Equal(
            """{"actions":[{"action":"actions/checkout","version":"v4"},{"action":"acme/tools","version":"main","path":"lint"}],"actions_dependencies":["acme/locked@v1"]}""",
            request.Body);
    }

    [Theory(Timeout = 30_000), MemberData(nameof(Refusals))]
    public async Task Refusal_tells_what_is_wrong_with_which_action(int status, string body, string message)
    {
        var site = server.Open(TestSetup.InTurn((status, body)));

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => Client(site).ResolveAsync(new ResolveActionsRequest { Actions = [] }, Cancelled));

        Assert.EndsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Other_answers_pass()
    {
        var site = server.Open(TestSetup.InTurn((500, "")));

        await Assert.ThrowsAsync<InfrastructureException>(() => Client(site).ResolveAsync(new ResolveActionsRequest { Actions = [] }, Cancelled));
    }

    [Fact(Timeout = 30_000)]
    public async Task Archive_is_fetched_through_redirects_that_do_not_see_the_token()
    {
        using var folder = new TempFolder();
        var site = server.Open(context =>
        {
            if (context.Request.Path == "/tar")
            {
                context.Response.Redirect(context.Request.PathBase + "/storage?sig=1");
                return Task.CompletedTask;
            }

            return context.Response.Body.WriteAsync("archive"u8.ToArray(), context.RequestAborted).AsTask();
        });

        await Archives().DownloadAsync(new Uri(site.Address, "tar"), new AuthenticationHeaderValue("Basic", "abc"), folder["a"], Cancelled);

        Assert.Equal("archive", await File.ReadAllTextAsync(folder["a"], Cancelled));
        Assert.Equal(["Basic abc", null], site.Requests.Select(request => request.Headers.GetValueOrDefault("Authorization")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(404, ProtocolErrorKind.ArchiveNotFound)]
    [InlineData(403, ProtocolErrorKind.Forbidden)]
    public async Task Archive_that_is_not_there_for_us_is_a_refusal(int status, ProtocolErrorKind kind)
    {
        var site = server.Open(TestSetup.InTurn((status, "")));

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => Archives().DownloadAsync(site.Address, null, "/dev/null", Cancelled));

        Assert.Equal(kind, refusal.Kind);
    }

    [Fact(Timeout = 30_000)]
    public async Task Archive_that_is_cut_and_a_circle_of_redirects_pass_as_failures_of_the_network()
    {
        using var folder = new TempFolder();
        var cut = server.Open(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.Body.WriteAsync("half"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        });
        var circle = server.Open(context =>
        {
            context.Response.Redirect(context.Request.PathBase + "/again");
            return Task.CompletedTask;
        });

        await Assert.ThrowsAsync<InfrastructureException>(() => Archives().DownloadAsync(cut.Address, null, folder["a"], Cancelled));
        await Assert.ThrowsAsync<InfrastructureException>(() => Archives().DownloadAsync(circle.Address, null, folder["b"], Cancelled));
    }

    private static ArchiveClient Archives() => new(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }), TimeProvider.System);

    private static LaunchClient Client(FakeSite site) => new(
        new HttpClient(new BelowSite(site)), new Uri(site.Address, "ignored/"), new FixedToken(new Secret("job-token")), Plan, Job, TimeProvider.System);

    /// <summary>The service is asked at the root of its host, and a site of the test server stands below a path.</summary>
    private sealed class BelowSite(FakeSite site) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(site.Address, request.RequestUri!.AbsolutePath.TrimStart('/'));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
