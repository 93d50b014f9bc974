using System.Security.Cryptography;
using Runner.Cli.CommandLine;
using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

/// <summary><c>runner agent --check</c>: what a start would fail with, told without a start.</summary>
public sealed class AgentCheckTests : IDisposable
{
    private const string Host = "backend: host\nhost: {worker: FOLDER/worker}\npools: [{name: a, labels: [x]}]\n";
    private const string Kubernetes = "pools: [{name: a, labels: [x]}]\nkubernetes: {runnerImage: r, defaultImage: d, ";
    private const string Token = "github: {url: 'https://github.com/acme', auth: {tokenFile: FOLDER/token}}\n";

    // Made once: it is most of what a test would take.
    private static readonly string RsaKey = MakeRsaKey();

    private readonly TempFolder _folder = new();

    public AgentCheckTests()
    {
        File.WriteAllText(_folder["token"], "ghp_x\n");
        File.WriteAllText(_folder["empty"], " \n");
        File.WriteAllText(_folder["words"], "ghp_x ghp_y");
        File.WriteAllText(_folder["worker"], string.Empty);
        File.WriteAllText(_folder["id"], "12345");
        using var rsa = RSA.Create();
        rsa.ImportFromPem(RsaKey);
        using var curve = ECDsa.Create();
        File.WriteAllText(_folder["rsa.pem"], RsaKey);
        File.WriteAllText(_folder["public.pem"], rsa.ExportRSAPublicKeyPem());
        File.WriteAllText(_folder["ec.pem"], curve.ExportECPrivateKeyPem());
        File.WriteAllText(
            _folder["kubeconfig"],
            "apiVersion: v1\nkind: Config\ncurrent-context: dev\ncontexts: [{name: dev, context: {cluster: dev, user: dev}}]\n"
            + "clusters: [{name: dev, cluster: {server: 'https://127.0.0.1:1'}}]\nusers: [{name: dev, user: {token: t}}]\n");
        File.WriteAllText(
            _folder["bad-certificate"],
            File.ReadAllText(_folder["kubeconfig"]).Replace("{token: t}", "{client-certificate-data: AAAA, client-key-data: AAAA}", StringComparison.Ordinal));
        File.WriteAllText(_folder["bad-base64"], File.ReadAllText(_folder["kubeconfig"]).Replace("{server:", "{certificate-authority-data: '%', server:", StringComparison.Ordinal));
        File.WriteAllText(_folder["bad-server"], File.ReadAllText(_folder["kubeconfig"]).Replace("https://127.0.0.1:1", "not an address", StringComparison.Ordinal));
        File.WriteAllText(_folder["no-yaml"], "a: [");
    }

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Right =>
    [
        Token + Host,
        Token + Kubernetes + "kubeconfig: FOLDER/kubeconfig}\n",
        Token + Kubernetes + "kubeconfig: FOLDER/kubeconfig, context: dev}\n",
        "github: {url: 'https://github.com/acme', auth: {appIdFile: FOLDER/id, installationIdFile: FOLDER/id, privateKeyFile: FOLDER/rsa.pem}}\n" + Host,
    ];

    [Theory(Timeout = 60_000), MemberData(nameof(Right))]
    public async Task Settings_with_which_a_start_would_go_on_are_right(string yaml)
    {
        var result = await CheckAsync(yaml);

        Assert.Equal((ExitCodes.Success, "The settings are right.\n", string.Empty), (result.Code, result.Out.ReplaceLineEndings("\n"), result.Error));
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { Auth("tokenFile: FOLDER/empty"),                                                     "github.auth.tokenFile: 'FOLDER/empty' is empty" },
        { Auth("tokenFile: FOLDER/words"),                                                     "github.auth.tokenFile: 'FOLDER/words' holds more than one word" },
        { Auth("tokenFile: FOLDER/missing"),                                                   "github.auth.tokenFile: there is no file 'FOLDER/missing'" },
        { Auth("appId: 1, privateKeyFile: FOLDER/token"),                                      "github.auth.privateKeyFile: 'FOLDER/token' is not an RSA private key in PEM form" },
        { Auth("appId: 1, privateKeyFile: FOLDER/ec.pem"),                                     "github.auth.privateKeyFile: 'FOLDER/ec.pem' is not an RSA private key in PEM form" },
        { Auth("appId: 1, privateKeyFile: FOLDER/public.pem"),                                 "github.auth.privateKeyFile: 'FOLDER/public.pem' is not an RSA private key in PEM form" },
        { Auth("appIdFile: FOLDER/empty, privateKeyFile: FOLDER/rsa.pem"),                     "github.auth.appIdFile: 'FOLDER/empty' is empty" },
        { Auth("appId: 1, installationIdFile: FOLDER/token, privateKeyFile: FOLDER/rsa.pem"),  "github.auth.installationIdFile: 'FOLDER/token' holds no number" },
        { Token + Host.Replace("FOLDER/worker", "FOLDER/none", StringComparison.Ordinal),      "host.worker is 'FOLDER/none', where no file is" },
        { Token + Host.Replace("worker}", "worker, root: FOLDER/token}", StringComparison.Ordinal), "host.root is 'FOLDER/token', which is a file" },
        { Token + Host.Replace("worker}", "worker, root: /proc/nope}", StringComparison.Ordinal), "host.root cannot be used: nothing can be made in '/proc'" },
        { Token + Host.Replace("worker}", "worker, toolCache: /proc/nope/deep}", StringComparison.Ordinal), "host.toolCache cannot be used: nothing can be made in '/proc'" },
        { Token + Host.Replace("worker}", "worker, toolCache: FOLDER/token/deep}", StringComparison.Ordinal), "host.toolCache cannot be used: 'FOLDER/token' is no folder" },
        { Token + Host + "agent: {stateFolder: /proc/nope}\n",                                 "agent.stateFolder cannot be used: nothing can be made in '/proc'" },
        { Token + Host.Replace("worker}", "worker, externals: FOLDER/none}", StringComparison.Ordinal), "host.externals is 'FOLDER/none', where no folder is" },
        { Token + Host.Replace("[x]", "[x], platform: linux", StringComparison.Ordinal),       "pools[0].platform: is 'linux', but jobs on this machine have no platforms" },
        { Token + "backend: docker\ndocker: {worker: FOLDER/worker, host: nowhere}\npools: [{name: a, labels: [x]}]\n", "docker.host: 'nowhere' is no address of an engine" },
        { Token + Kubernetes + "kubeconfig: FOLDER/none}\n",                                   "There is no kubeconfig 'FOLDER/none'" },
        { Token + Kubernetes + "kubeconfig: FOLDER/kubeconfig, context: dve}\n",               "has no context 'dve'; it has dev; did you mean 'dev'?" },
        { Token + Kubernetes + "kubeconfig: FOLDER/no-yaml}\n",                                "No cluster could be found by kubeconfig 'FOLDER/no-yaml': " },
        { Token + Kubernetes + "kubeconfig: FOLDER/token}\n",                                  "kubeconfig 'FOLDER/token'" },
        { Token + Kubernetes + "kubeconfig: FOLDER/bad-certificate}\n",                        "No cluster could be found by kubeconfig 'FOLDER/bad-certificate': " },
        { Token + Kubernetes + "kubeconfig: FOLDER/bad-base64}\n",                             "No cluster could be found by kubeconfig 'FOLDER/bad-base64': " },
        { Token + Kubernetes + "kubeconfig: FOLDER/bad-server}\n",                             "No cluster could be found by kubeconfig 'FOLDER/bad-server': " },
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Wrong))]
    public async Task What_a_start_would_fail_with_is_told(string yaml, string problem)
    {
        var result = await CheckAsync(yaml);

        Assert.Equal(ExitCodes.Configuration, result.Code);
        Assert.Contains(problem.Replace("FOLDER", _folder[""].TrimEnd('/'), StringComparison.Ordinal), result.Error, StringComparison.Ordinal);
    }

    private static string MakeRsaKey()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportRSAPrivateKeyPem();
    }

    private static string Auth(string auth) => $"github: {{url: 'https://github.com/acme', auth: {{{auth}}}}}\n{Host}";

    private async Task<CliResult> CheckAsync(string yaml)
    {
        await File.WriteAllTextAsync(_folder["runner.yaml"], yaml.Replace("FOLDER", _folder[""].TrimEnd('/'), StringComparison.Ordinal), TestContext.Current.CancellationToken);
        return await Cli.RunAsync("agent", "--check", "--config", _folder["runner.yaml"]);
    }
}
