using Runner.Agent.Configuration;
using Runner.Agent.Network;
using Runner.Jobs.Errors;
using Runner.Testing;
using Runner.Testing.Network;

namespace Runner.Agent.Tests.Network;

public sealed class AgentNetworkTests : IDisposable
{
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Agents_client_goes_by_the_proxy_with_its_password_and_trusts_the_further_authority()
    {
        await using var site = await SecretSite.StartAsync("ci:s3:cret", Token);
        var options = new NetworkOptions
        {
            Proxy = new ProxyOptions { Https = site.Proxy.Address.ToString(), CredentialsFile = File("credentials", "ci:s3:cret\n") },
            CaFile = File("ca.pem", site.AuthorityPem),
        };

        Assert.Equal("hello from the other side", await GetAsync(options, $"https://{SecretSite.Host}/"));
        Assert.Equal([$"CONNECT {SecretSite.Host}:443"], site.Proxy.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Certificate_that_becomes_known_later_is_trusted_from_then_on()
    {
        using var other = new Testing.Http.TestCertificates("other.test");
        await using var site = await SecretSite.StartAsync(credentials: null, Token);
        var options = new NetworkOptions { Proxy = new ProxyOptions { Https = site.Proxy.Address.ToString() }, CaFile = File("ca.pem", other.AuthorityPem) };
        using var client = Client(options);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"https://{SecretSite.Host}/"), Token));
        File("ca.pem", site.AuthorityPem);

        Assert.Equal("hello from the other side", await client.GetStringAsync(new Uri($"https://{SecretSite.Host}/"), Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task Authority_that_is_trusted_vouches_for_no_other_name()
    {
        await using var site = await SecretSite.StartAsync(credentials: null, Token);
        site.Proxy.Route("impostor.test", site.Port);
        var options = new NetworkOptions { Proxy = new ProxyOptions { Https = site.Proxy.Address.ToString() }, CaFile = File("ca.pem", site.AuthorityPem) };

        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(options, "https://impostor.test/"));
    }

    [Fact]
    public void Settings_win_over_the_environment_setting_by_setting()
    {
        var options = new NetworkOptions { Proxy = new ProxyOptions { Https = "http://written.example:1" } };
        var environment = new Dictionary<string, string> { ["HTTPS_PROXY"] = "http://inherited.example:2", ["HTTP_PROXY"] = "http://inherited.example:3", ["NO_PROXY"] = "a.example" };

        var proxies = new AgentNetwork(options, environment).Proxies();

        Assert.Equal("http=http://inherited.example:3 https=http://written.example:1 noProxy=a.example", proxies?.ToString());
    }

    [Fact]
    public void Agent_in_a_pod_reaches_its_API_server_without()
    {
        var environment = new Dictionary<string, string> { ["HTTPS_PROXY"] = "http://proxy.example", ["KUBERNETES_SERVICE_HOST"] = "10.96.0.1" };

        var proxies = new AgentNetwork(new NetworkOptions(), environment).Proxies();

        Assert.Null(proxies?.For(new Uri("https://10.96.0.1/version")));
        Assert.Null(proxies?.For(new Uri("https://cache.ci.svc.cluster.local/")));
        Assert.NotNull(proxies?.For(new Uri("https://api.github.com/")));
    }

    [Fact]
    public void Job_is_given_nothing_where_nothing_is_said() => Assert.Null(AgentNetwork.None.ForJob());

    [Fact]
    public void File_that_is_gone_is_told_with_its_setting()
    {
        var network = new AgentNetwork(new NetworkOptions { CaFile = _folder["gone.pem"] }, Nothing);

        Assert.StartsWith("network.caFile: ", Assert.Throws<OperatorException>(network.ForJob).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("proxy: {https: 'http://user:word@proxy.example'}", "network.proxy.https: holds a user name or password: put user:password into a file")]
    [InlineData("proxy: {http: 'ftp://proxy.example'}", "network.proxy.http: is 'ftp://proxy.example', expected an address such as http://proxy.example:3128")]
    [InlineData("proxy: {credentialsFile: /nowhere/x}", "network.proxy.credentialsFile: '/nowhere/x' cannot be read")]
    [InlineData("proxy: {credentialsFile: /etc/hostname}", "network.proxy.credentialsFile: '/etc/hostname' holds something else than user:password")]
    [InlineData("caFile: /etc/hostname", "network.caFile: '/etc/hostname' holds no certificate")]
    [InlineData("caFile: /nowhere/x", "network.caFile: '/nowhere/x' cannot be read as certificates")]
    public void Setting_that_is_wrong_is_told_and_no_password_with_it(string network, string problem)
    {
        var yaml = $"github: {{url: https://github.com/acme, auth: {{tokenFile: /etc/hostname}}}}\npools: [{{name: a, labels: [x]}}]\nnetwork: {{{network}}}\n";

        var error = Assert.Throws<OperatorException>(() => AgentConfiguration.Parse("runner.yaml", yaml, Nothing, flags: []));

        Assert.Contains(problem, Assert.Single(error.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain("word@", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(NetworkOptions options, string address)
    {
        using var client = Client(options);
        return await client.GetStringAsync(new Uri(address), Token);
    }

    private static HttpClient Client(NetworkOptions options)
    {
        var handler = new SocketsHttpHandler();
        new AgentNetwork(options, Nothing).Apply(handler);
        return new HttpClient(handler);
    }

    private string File(string name, string text)
    {
        System.IO.File.WriteAllText(_folder[name], text);
        return _folder[name];
    }
}
