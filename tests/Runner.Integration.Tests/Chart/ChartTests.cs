using Runner.Testing;

namespace Runner.Integration.Tests.Chart;

/// <summary>The chart as helm renders it.</summary>
public sealed class ChartTests
{
    private static readonly string[] Needed = ["--set", "github.url=https://github.com/acme,github.secretName=runner-github,kubernetes.defaultImage=debian:12"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Chart_has_nothing_that_lint_warns_of()
    {
        var (code, output) = await HelmProgram.RunAsync(["lint", "--strict", HelmProgram.Chart, .. Needed], Token);

        Assert.True(code == 0 && !output.Contains("WARNING", StringComparison.Ordinal), output);
    }

    [Fact(Timeout = 60_000)]
    public async Task Defaults_render_to_the_golden_manifests()
    {
        var (code, output) = await HelmProgram.RunAsync(["template", "ci", HelmProgram.Chart, "--namespace", "act-runners", .. Needed], Token);

        Assert.True(code == 0, output);
        Golden.Check("defaults.yaml", output);
    }

    [Fact(Timeout = 60_000)]
    public async Task App_credentials_and_other_settings_render_to_the_golden_manifests()
    {
        var (code, output) = await HelmProgram.RunAsync(
            [
                "template", "ci", HelmProgram.Chart, "--namespace", "act-runners", .. Needed,
                "--set", "github.auth=app,replicas=3,kubernetes.namespace=act-jobs,config.agent.drainTimeout=5m,config.github.allowInsecureHttp=true",
                "--set", "image.repository=registry.example/runner,image.tag=1.2.3,nodeSelector.pool=infra",
            ],
            Token);

        Assert.True(code == 0, output);
        Golden.Check("app.yaml", output);
    }

    [Fact(Timeout = 60_000)]
    public async Task Proxy_and_certificates_render_to_the_golden_manifests()
    {
        var (code, output) = await HelmProgram.RunAsync(
            [
                "template", "ci", HelmProgram.Chart, "--namespace", "act-runners", .. Needed,
                "--set", "network.proxy.https=http://proxy.example:3128,network.proxy.noProxy={.example.com,10.0.0.0/8}",
                "--set", "network.proxy.credentialsSecret.name=proxy,network.ca.configMap=company-ca",
            ],
            Token);

        Assert.True(code == 0, output);
        Golden.Check("network.yaml", output);
    }

    // The agent would refuse the same, but in a pod that starts again and again.
    [Theory(Timeout = 60_000)]
    [InlineData("github.url=github.com", "/github/url")]
    [InlineData("github.auth=password", "/github/auth")]
    [InlineData("kubernetes.defaultImage=", "/kubernetes/defaultImage")]
    [InlineData("replica=2", "additional properties 'replica' not allowed")]
    [InlineData("kubernetes.defaultImge=debian:12", "additional properties 'defaultImge' not allowed")]
    [InlineData("kubernetes.imagePullPolicy=always", "/kubernetes/imagePullPolicy")]
    [InlineData("kubernetes.defaultResources.limits.memory=4GB", "/kubernetes/defaultResources/limits/memory")]
    [InlineData("kubernetes.security.securityContext.runAsNonroot=true", "additional properties 'runAsNonroot' not allowed")]
    [InlineData("kubernetes.platforms.gpu.nodeSelector.a=b", "missing property 'image'")]
    [InlineData("pools[0].name=a,pools[0].labels={x},pools[0].mode=scalesets", "/pools/0/mode")]
    [InlineData("pools[0].name=a,pools[0].lables={x}", "additional properties 'lables' not allowed")]
    [InlineData("pools[0].name=a,pools[0].labels={x},pools[0].maxJobs=0", "/pools/0/maxJobs")]
    [InlineData("config.agent.drainTimout=5m", "additional properties 'drainTimout' not allowed")]
    [InlineData("config.agent.drainTimeout=5 minutes", "/config/agent/drainTimeout")]
    [InlineData("tolerations[0].ky=gpu", "additional properties 'ky' not allowed")]
    [InlineData("network.proxy.https=http://user:password@proxy.example", "/network/proxy/https")]
    [InlineData("image.digest=1.2.3", "/image/digest")]
    [InlineData("image.repository=registry.example/runner:1.2.3", "/image/repository")]
    public async Task Wrong_value_is_refused_with_its_name(string value, string message)
    {
        string[][] commands = [["template", "ci", HelmProgram.Chart], ["lint", HelmProgram.Chart], ["install", "ci", HelmProgram.Chart, "--dry-run=client"]];
        foreach (var command in commands)
        {
            var (code, output) = await HelmProgram.RunAsync([.. command, .. Needed, "--set", value], Token);

            Assert.NotEqual(0, code);
            Assert.Contains(message, output, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, string> Images => new()
    {
        { "image.tag=",                                            "runner:0.1.0" },
        { "image.tag=20261128",                                    "runner:20261128" },
        { "image.tag=1.2.3",                                       "runner:1.2.3" },
        { $"image.tag=sha256:{Digest}",                            $"runner@sha256:{Digest}" },
        { $"image.tag=1.2.3@sha256:{Digest}",                      $"runner:1.2.3@sha256:{Digest}" },
        { $"image.digest=sha256:{Digest},image.tag=1.2.3",         $"runner@sha256:{Digest}" },
        { "image.repository=registry.example:5000/a/runner",       "registry.example:5000/a/runner:0.1.0" },
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Images))]
    public async Task Image_is_named_by_tag_or_digest_for_the_agent_and_for_the_pods_that_it_makes(string values, string image)
    {
        var output = await TemplateAsync("ci", "act-runners", values);

        Assert.Contains($"\n          image: \"{image}\"\n", output, StringComparison.Ordinal);
        Assert.Contains($"\n      runnerImage: {image}\n", output, StringComparison.Ordinal);
    }

    // Agents adopt the jobs of their instance in the namespace of the jobs.
    [Fact(Timeout = 60_000)]
    public async Task Releases_share_an_instance_with_no_other_release_even_where_their_jobs_share_a_namespace()
    {
        string[] instances =
        [
            await InstanceAsync("ci", "a", "kubernetes.namespace=jobs"),
            await InstanceAsync("cd", "a", "kubernetes.namespace=jobs"),
            await InstanceAsync("ci", "b", "kubernetes.namespace=jobs"),
            await InstanceAsync("ci", "a", "kubernetes.namespace=jobs,github.url=https://github.com/other"),
            await InstanceAsync(new string('r', 53), "a", "kubernetes.namespace=jobs"),
        ];

        Assert.Equal(instances.Length, instances.Distinct().Count());
        Assert.All(instances, instance => Assert.Matches("^[a-z0-9-]{3,63}$", instance));
        Assert.Equal(instances[0], await InstanceAsync("ci", "a", "kubernetes.namespace=jobs,github.url=https://GitHub.com/acme/"));
        Assert.Equal("mine", await InstanceAsync("ci", "a", "kubernetes.instance=mine"));
        Assert.Contains("\n  name: a-ci\n  namespace: jobs\n", await TemplateAsync("ci", "a", "kubernetes.namespace=jobs"), StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("replicas=1", 60)]
    [InlineData("config.agent.drainTimeout=5m", 360)]
    [InlineData("config.agent.drainTimeout=1.5h", 5460)]
    [InlineData("config.agent.drainTimeout=90", 150)]
    [InlineData("config.agent.drainTimeout=5m,terminationGracePeriodSeconds=30", 30)]
    public async Task Pod_has_the_time_of_the_drain_to_end_unless_a_value_says_otherwise(string values, int seconds) =>
        Assert.Contains($"\n      terminationGracePeriodSeconds: {seconds}\n", await TemplateAsync("ci", "a", values), StringComparison.Ordinal);

    [Fact(Timeout = 60_000)]
    public async Task What_config_says_of_ports_and_namespaces_holds_for_the_whole_chart()
    {
        var output = await TemplateAsync("ci", "a", "config.monitoring.metricsPort=9090,config.kubernetes.namespace=jobs");

        Assert.Contains("containerPort: 9090", output, StringComparison.Ordinal);
        Assert.Contains("port: 9090, targetPort", output, StringComparison.Ordinal);
        Assert.Contains("\n      metricsPort: 9090\n", output, StringComparison.Ordinal);
        Assert.Contains("\n  name: a-ci\n  namespace: jobs\n", output, StringComparison.Ordinal);
        Assert.Contains("\n      namespace: jobs\n", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Notes_say_how_many_jobs_all_agents_together_take()
    {
        var (_, one) = await HelmProgram.RunAsync(["install", "ci", HelmProgram.Chart, "--dry-run=client", .. Needed, "--set", "replicas=1"], Token);
        var (_, two) = await HelmProgram.RunAsync(["install", "ci", HelmProgram.Chart, "--dry-run=client", .. Needed], Token);

        Assert.Contains("linux-x64: self-hosted, linux, x64 (10 at a time)", one, StringComparison.Ordinal);
        Assert.Contains("linux-x64: self-hosted, linux, x64 (10 at a time in each of 2 agents: 20 in all)", two, StringComparison.Ordinal);
    }

    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static async Task<string> TemplateAsync(string release, string space, string values)
    {
        var (code, output) = await HelmProgram.RunAsync(["template", release, HelmProgram.Chart, "--namespace", space, .. Needed, "--set", values], Token);
        Assert.True(code == 0, output);
        return output;
    }

    private static async Task<string> InstanceAsync(string release, string space, string values) =>
        (await TemplateAsync(release, space, values)).Split('\n').First(line => line.StartsWith("      instance: ", StringComparison.Ordinal)).Split(": ")[1];
}
