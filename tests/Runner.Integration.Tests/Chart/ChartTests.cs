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
                "--set", "github.auth=app,replicas=2,kubernetes.namespace=act-jobs,config.agent.drainTimeout=5m,config.github.allowInsecureHttp=true",
                "--set", "image.repository=registry.example/runner,image.tag=1.2.3,nodeSelector.pool=infra",
            ],
            Token);

        Assert.True(code == 0, output);
        Golden.Check("app.yaml", output);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("github.url=github.com", "/github/url")]
    [InlineData("github.auth=password", "/github/auth")]
    [InlineData("kubernetes.defaultImage=", "/kubernetes/defaultImage")]
    [InlineData("replica=2", "additional properties 'replica' not allowed")]
    public async Task Wrong_value_is_refused_with_its_name(string value, string message)
    {
        var (code, output) = await HelmProgram.RunAsync(["template", "ci", HelmProgram.Chart, .. Needed, "--set", value], Token);

        Assert.NotEqual(0, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }
}
