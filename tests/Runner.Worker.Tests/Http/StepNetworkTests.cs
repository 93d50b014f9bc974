using System.Collections.Concurrent;
using System.Text;
using Runner.Execution;
using Runner.Execution.Hosting;
using Runner.Execution.Reporting;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Network;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Testing.Network;
using Runner.Worker.Hosting;
using Runner.Worker.Http;
using Runner.Worker.Jobs;
using Runner.Worker.Logging;

namespace Runner.Worker.Tests.Http;

/// <summary>Steps of a real job with real programs, before a server that only the proxy leads to and whose authority only the settings name.</summary>
public sealed class StepNetworkTests : IDisposable
{
    private const string Address = $"https://{SecretSite.Host}";

    private readonly TempFolder _folder = new();
    private readonly JobCancellation _cancellation = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _cancellation.Dispose();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("curl --silent --show-error --fail " + Address, "hello from the other side")]
    [InlineData("git ls-remote " + Address + "/repo.git", SecretSite.Commit + "\trefs/heads/main")]
    public async Task Program_of_a_step_gets_there(string script, string answer)
    {
        await using var site = await SecretSite.StartAsync(credentials: null, Cancelled);

        var (result, log) = await RunAsync(Network(site), script);

        Assert.True(result.Conclusion == Conclusion.Succeeded, log);
        Assert.Contains(answer, log, StringComparison.Ordinal);
        Assert.Contains($"CONNECT {SecretSite.Host}:443", site.Proxy.Requests);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("fetch(url).then(answer => answer.text()).then(console.log)")]
    [InlineData("require('https').get(url, answer => answer.on('data', text => console.log(String(text))))")]
    [InlineData("import('@actions/http-client').then(async client => console.log(await (await new client.HttpClient('test').get(url)).readBody()))")]
    public async Task Action_in_Node_gets_there(string code)
    {
        Assert.SkipUnless(NpmPackages.Has("@actions/http-client"), NpmPackages.SkipReason);
        await using var site = await SecretSite.StartAsync(credentials: null, Cancelled);
        var script = $"cd {NpmPackages.Modules}/.. && {NpmPackages.Node} -e \"const url = '{Address}'; {code}\"";

        var (result, log) = await RunAsync(Network(site), script);

        Assert.True(result.Conclusion == Conclusion.Succeeded, log);
        Assert.Contains("hello from the other side", log, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_settings_nothing_gets_there()
    {
        await using var site = await SecretSite.StartAsync(credentials: null, Cancelled);

        var (noProxy, _) = await RunAsync(new JobNetwork(Proxy: null, site.AuthorityPem), $"curl --silent {Address}");
        var (noTrust, _) = await RunAsync(Network(site) with { Certificates = null }, $"curl --silent {Address}");

        Assert.Equal((Conclusion.Failed, Conclusion.Failed), (noProxy.Conclusion, noTrust.Conclusion));
    }

    [Fact(Timeout = 60_000)]
    public async Task Password_of_the_proxy_opens_it_and_is_in_no_log()
    {
        await using var site = await SecretSite.StartAsync("ci:s3cr:t", Cancelled);
        var proxy = new Uri($"http://ci:s3cr%3At@127.0.0.1:{site.Proxy.Address.Port}");

        var (result, log) = await RunAsync(
            new JobNetwork(new ProxySettings { Https = proxy }, site.AuthorityPem), $"curl --silent --fail {Address}; env | grep -i proxy; echo s3cr:t");

        Assert.True(result.Conclusion == Conclusion.Succeeded, log);
        Assert.Contains($"HTTPS_PROXY=http://ci:***@127.0.0.1:{site.Proxy.Address.Port}", log, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr", log, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Workflows_own_env_wins()
    {
        var network = new JobNetwork(new ProxySettings { Https = new Uri("http://proxy.example:3128"), NoProxy = ["db"] }, Certificates: null);
        var step = Some.Script("echo \"$HTTPS_PROXY $https_proxy $NO_PROXY\"", env: Some.Texts(("HTTPS_PROXY", "http://own.example:1")));

        var (_, log) = await RunAsync(network, step);

        Assert.Contains("http://own.example:1 http://own.example:1 db,localhost,127.0.0.1,::1", log, StringComparison.Ordinal);
    }

    // Whoever reads such a variable trusts nobody else.
    [Fact(Timeout = 60_000)]
    public async Task Bundle_has_the_systems_certificates_too()
    {
        using var system = new Testing.Http.TestCertificates("system.test");
        await using var site = await SecretSite.StartAsync(credentials: null, Cancelled);
        File.WriteAllText(_folder["system.pem"], system.AuthorityPem);

        var (_, log) = await RunAsync(
            Network(site), Some.Script("cat $SSL_CERT_FILE; echo; for each in GIT_SSL_CAINFO CURL_CA_BUNDLE REQUESTS_CA_BUNDLE; do printenv $each; done; stat -c %a $SSL_CERT_FILE"),
            ("SSL_CERT_FILE", _folder["system.pem"]));

        Assert.Equal(2, log.Split("-----BEGIN CERTIFICATE-----").Length - 1);
        Assert.Equal(3, log.Split($"{_folder["temp/_runner_certificates/ca-certificates.crt"]}\n").Length - 1);
        Assert.Contains("644\n", log, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Worker_itself_goes_by_the_proxy_and_gives_its_password()
    {
        await using var site = await SecretSite.StartAsync("ci:s3cret", Cancelled);
        var proxies = new ProxySettings { Https = new Uri($"http://ci:s3cret@127.0.0.1:{site.Proxy.Address.Port}") };
        using var client = new HttpClient(new WorkerHttp(new CertificateBundle(null, _folder.FullPath, site.AuthorityPem), new Protocol.Http.RouteProxy(proxies)));

        Assert.Equal("hello from the other side", await client.GetStringAsync(new Uri(Address), Cancelled));
        Assert.Contains($"CONNECT {SecretSite.Host}:443", site.Proxy.Requests);
    }

    private static JobNetwork Network(SecretSite site) => new(new ProxySettings { Https = site.Proxy.Address }, site.AuthorityPem);

    private Task<(JobResult Result, string Log)> RunAsync(JobNetwork network, string script) => RunAsync(network, Some.Script(script));

    private async Task<(JobResult Result, string Log)> RunAsync(JobNetwork network, JobStep step, params (string Name, string Value)[] environment)
    {
        using var log = new StringWriter();
        var loggers = new StderrLoggerFactory(log, TimeProvider.System);
        var host = new WorkerHost
        {
            Environment = environment.Append(("PATH", "/usr/local/bin:/usr/bin:/bin")).ToDictionary(variable => variable.Item1, variable => variable.Item2),
            Folder = AppContext.BaseDirectory,
            Started = TimeProvider.System.GetUtcNow(),
            Time = TimeProvider.System,
            Loggers = loggers,
        };
        var payload = Some.Payload(Some.Job() with { Steps = [step] }, _folder.FullPath) with { Proxy = network.Proxy, ExtraCertificates = network.Certificates };
        var reporter = new Lines();
        var job = new GuardedJob(host, payload, _cancellation, loggers.CreateLogger("job"));

        var (result, _) = await job.RunAsync(reporter, actions: null, containers: null, serviceLogs: null, workspace: null);

        return (result, string.Concat(reporter.Text.Select(line => line + "\n")) + log);
    }

    private sealed class Lines : IJobReporter
    {
        public ConcurrentQueue<string> Text { get; } = new();

        public void StepChanged(StepRecord record)
        {
        }

        public void WriteLine(StepId? step, ReadOnlySpan<byte> text) => Text.Enqueue(Encoding.UTF8.GetString(text));

        public void StepLogEnded(StepId step)
        {
        }

        public void AddSummary(StepId step, ReadOnlyMemory<byte> markdown)
        {
        }
    }
}
