using Runner.Agent.Checks;
using Runner.Agent.Configuration;
using Runner.Agent.Network;
using Runner.GitHub;
using Runner.Testing;
using Runner.Testing.Http;
using Runner.Testing.Network;

namespace Runner.Agent.Tests.Checks;

/// <summary>The way to a server that a proxy alone leads to, with everything that may be wrong on it.</summary>
public sealed class ReachCheckTests(FakeHttpServer server) : IDisposable
{
    private const string Url = $"https://{SecretSite.Host}/acme";

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Way_that_is_right_is_told_step_by_step()
    {
        await using var site = await SecretSite.StartAsync("ci:s3cret", Token);

        var (results, isReached) = await RunAsync(Url, site.Proxy.Address.ToString(), site.AuthorityPem, "ci:s3cret");

        Assert.True(isReached);
        Assert.Equal(["url", "dns", "proxy", "tls", "server", "clock"], results.Select(result => result.Name));
        Assert.All(results, result => Assert.True(result.State == CheckState.Ok, $"{result.Name}: {result.Text}"));
        Assert.Contains("CN=Runner test CA", results[3].Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Authority_that_nobody_knows_is_told_with_the_setting_for_it()
    {
        await using var site = await SecretSite.StartAsync(credentials: null, Token);

        var failure = await FailAsync(Url, site.Proxy.Address.ToString());

        Assert.Equal("tls", failure.Name);
        Assert.Contains("CN=Runner test CA, is not trusted", failure.Text, StringComparison.Ordinal);
        Assert.Contains("network.caFile", failure.Fix, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Certificate_of_another_name_is_told_as_that()
    {
        await using var site = await SecretSite.StartAsync(credentials: null, Token);
        site.Proxy.Route("other.test", site.Port);

        var failure = await FailAsync("https://other.test/acme", site.Proxy.Address.ToString(), site.AuthorityPem);

        Assert.Contains($"the certificate is another name's, CN={SecretSite.Host}", failure.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Proxy_that_asks_for_a_password_is_told_with_the_setting_for_it()
    {
        await using var site = await SecretSite.StartAsync("ci:s3cret", Token);

        var failure = await FailAsync(Url, site.Proxy.Address.ToString(), site.AuthorityPem);

        Assert.Equal("proxy", failure.Name);
        Assert.Contains("network.proxy.credentialsFile", failure.Fix, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Proxy_that_does_not_lead_there_is_told_and_may_be_mended_outside()
    {
        await using var site = await SecretSite.StartAsync("ci:s3cret", Token);

        var failure = await FailAsync("https://elsewhere.test/acme", site.Proxy.Address.ToString(), site.AuthorityPem, "ci:s3cret");

        Assert.Equal(("proxy", true), (failure.Name, failure.IsOutside));
        Assert.DoesNotContain("s3cret", failure.Text + failure.Fix, StringComparison.Ordinal); // the proxy's answer is told with its address
        Assert.Contains("allow elsewhere.test:443 on the proxy", failure.Fix, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("https://nowhere.invalid/acme", null, "dns", "nowhere.invalid leads nowhere")]
    [InlineData("https://nowhere.invalid/acme", "http://proxy.invalid:3128", "dns", "proxy.invalid leads nowhere")]
    [InlineData("https://nowhere.invalid/acme", "http://127.0.0.1:1", "proxy", "the proxy http://127.0.0.1:1 cannot be reached")]
    [InlineData("https://127.0.0.1:1/acme", null, "connection", "127.0.0.1:1 cannot be reached")]
    public async Task What_does_not_answer_is_told_as_what_it_is(string url, string? proxy, string name, string text)
    {
        var failure = await FailAsync(url, proxy);

        Assert.Equal((name, true), (failure.Name, failure.IsOutside));
        Assert.Contains(text, failure.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Enterprise_Server_is_told_by_its_version_and_plain_http_is_warned_of()
    {
        var site = server.Open(http =>
        {
            http.Response.Headers["X-GitHub-Enterprise-Version"] = "3.19.0";
            http.Response.StatusCode = 401; // private mode
            return Task.CompletedTask;
        });

        var (results, _) = await RunAsync($"{site.Address.GetLeftPart(UriPartial.Authority)}/acme", proxy: null);

        Assert.Contains(results, result => result is { Name: "tls", State: CheckState.Warning });
        Assert.Contains(results, result => result is { Name: "server", State: CheckState.Ok });
    }

    private async Task<CheckResult> FailAsync(string url, string? proxy, string? authority = null, string? credentials = null)
    {
        var (results, isReached) = await RunAsync(url, proxy, authority, credentials);
        Assert.False(isReached);
        return Assert.Single(results, result => result.State == CheckState.Failed);
    }

    private Task<(IReadOnlyList<CheckResult> Results, bool IsReached)> RunAsync(string url, string? proxy, string? authority = null, string? credentials = null)
    {
        var options = new NetworkOptions
        {
            Proxy = new ProxyOptions { Https = proxy, CredentialsFile = credentials is null ? null : File("credentials", credentials) },
            CaFile = authority is null ? null : File("ca.pem", authority),
        };
        return new ReachCheck(GitHubEndpoint.Parse(url, allowInsecureHttp: false), new AgentNetwork(options, new Dictionary<string, string>()), isApp: false, TimeProvider.System)
            .RunAsync(Token);
    }

    private string File(string name, string text)
    {
        System.IO.File.WriteAllText(_folder[name], text);
        return _folder[name];
    }
}
