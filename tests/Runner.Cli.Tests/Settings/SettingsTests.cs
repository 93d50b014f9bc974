using Runner.Cli.CommandLine;
using Runner.Cli.Settings;
using Runner.Testing;

namespace Runner.Cli.Tests.Settings;

public sealed class SettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Stronger_place_wins_and_each_value_says_where_it_comes_from()
    {
        Write("home/.config/act/actrc", "backend: host\nkubernetes:\n  namespace: weak\n  context: far\n");
        Write("home/.actrc", "kubernetes:\n  namespace: middle\n  serviceAccount: jobs\n");
        Write("here/.actrc", "kubernetes:\n  namespace: strong\n");

        var result = await RunAsync(new() { ["ACT_K8S_CONTEXT"] = "near" }, "config", "show", "--origin", "--k8s-cpu-limit", "2");

        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        var lines = result.Out.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.Contains($"backend: host # {_folder["home/.config/act/actrc"]}:1:10", lines);
        Assert.Contains("kubernetes.namespace: strong # .actrc:2:14", lines);
        Assert.Contains($"kubernetes.serviceAccount: jobs # {_folder["home/.actrc"]}:3:19", lines);
        Assert.Contains("kubernetes.context: near # environment variable ACT_K8S_CONTEXT", lines);
        Assert.Contains("kubernetes.defaultResources.limits.cpu: 2 # flag --k8s-cpu-limit", lines);
        Assert.Contains("monitoring.metricsPort: 8080 # default", lines);
    }

    [Fact]
    public async Task Secrets_of_a_flag_file_are_hidden()
    {
        Write("here/.actrc", "# mine\n-P ubuntu-latest=debian:12\n-s TOKEN=hunter2\n--secret=A=hunter2\n-sB=hunter2\n-s=C=hunter2\n--secret D=hunter2\n--secret-file x=y\n--replace-ghe-action-token-with-github-com hunter2\n");

        var result = await RunAsync([], "config", "show", "--origin");

        Assert.DoesNotContain("hunter2", result.Out, StringComparison.Ordinal);
        Assert.Matches(@"-s TOKEN=\*\*\* +# \.actrc:3", result.Out);
        Assert.Matches(@"-s C=\*\*\* +# \.actrc:6", result.Out);
        Assert.Matches(@"--secret D=\*\*\* +# \.actrc:7", result.Out);
        Assert.Matches(@"--secret-file x=y +# \.actrc:8", result.Out);
    }

    [Fact]
    public async Task Every_mistake_is_told_with_its_place()
    {
        Write("home/.actrc", "--lits\n--verbose\n");
        Write("here/.actrc", "backnd: host\nkubernetes:\n  volumeTemplates: {}\n  spread: maybe\n");

        var result = await RunAsync([], "config", "validate");

        Assert.Equal(78, result.Code);
        Assert.Equal(
            [
                "warning: .actrc:3:3: kubernetes.volumeTemplates: has no effect: say podTemplate.spec.volumes, storage.workspace and storage.toolCache",
                $"{_folder["home/.actrc"]}:1:1: unknown flag '--lits' of 'runner'; did you mean '--list'?",
                ".actrc:1:1: backnd: there is no such setting; did you mean 'backend'?",
                ".actrc:4:11: kubernetes.spread: 'maybe' is not true or false",
            ],
            result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("cleanupPolicy: {autoCleanup: true, ttlSecondsAfterFinished: 7200}", null)]
    [InlineData("volumeTemplates: {w: {spec: {}}}", "kubernetes.volumeTemplates: has no effect: say podTemplate.spec.volumes")]
    [InlineData("platforms: {p: {image: i, securityContext: {privileged: true}}}", "kubernetes.platforms.p.securityContext.privileged: has no effect: it is a container's")]
    [InlineData("networking: {networkPolicy: ci, serviceMesh: {enabled: true}}", "kubernetes.networking.serviceMesh: has no effect: say the mesh's labels")]
    [InlineData("security: {rbac: {create: true}, networkPolicies: []}", "kubernetes.security.rbac: has no effect: the Helm chart makes")]
    [InlineData("storage: {artifacts: {type: pvc}, toolCache: {reclaimPolicy: Retain}}", "kubernetes.storage.artifacts: has no effect: artifacts are GitHub's")]
    [InlineData("monitoring: {tracing: {enabled: true, sampler: probabilistic, samplingRate: 0.1, jaeger: {serviceName: ci}}}", "monitoring.tracing.jaeger: has no effect: Jaeger takes OTLP at port 4318")]
    [InlineData("monitoring: {tracing: {jaegerEndpoint: 'http://jaeger:14268/api/traces'}}", "monitoring.tracing.jaegerEndpoint: is taken for the same host's OTLP at port 4318")]
    [InlineData("monitoring: {tracing: {enabled: true}, logging: {output: stdout, aggregation: {}, retention: {days: 3}}}", "monitoring.logging.retention: has no effect: the cluster keeps")]
    public async Task Setting_that_does_nothing_here_is_a_warning_with_the_reason(string kubernetes, string? warning)
    {
        Write("here/.actrc", $"kubernetes: {{{kubernetes}}}\n");

        var result = await RunAsync([], "config", "validate");

        Assert.Equal((0, "The settings are right.\n"), (result.Code, result.Out));
        Assert.Equal(warning is not null, result.Error.Contains("warning: .actrc:1:", StringComparison.Ordinal));
        Assert.Contains(warning ?? string.Empty, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flags_of_a_file_count_and_those_of_the_command_line_win()
    {
        Write("here/.github/workflows/ci.yml", "on: push\njobs:\n  a: {runs-on: x, steps: [{run: a}]}\n  b: {runs-on: x, steps: [{run: b}]}\n");
        Write("here/.actrc", "--list\n-j a\n");

        var fromFile = await RunAsync([], "-C", _folder["here"]);
        var overruled = await RunAsync([], "-C", _folder["here"], "-j", "b");

        Assert.Matches(@"\n0 +a ", fromFile.Out);
        Assert.Matches(@"\n0 +b ", overruled.Out);
        Assert.DoesNotMatch(@"\n0 +a ", overruled.Out);
    }

    [Fact]
    public async Task Plan_takes_of_a_file_what_it_has_a_flag_for()
    {
        Write("here/.github/workflows/ci.yml", "on: push\njobs:\n  a: {runs-on: x, steps: [{run: a}]}\n  b: {runs-on: x, steps: [{run: b}]}\n");
        Write("here/.actrc", "--backend=host\n-P x=debian:12\n-j a\n");

        var plan = await RunAsync([], "plan", "push");
        Write("here/.actrc", "--lst\n");
        var mistake = await RunAsync([], "plan", "push");

        Assert.Equal(ExitCodes.Success, plan.Code);
        Assert.Contains("a on x", plan.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("b on x", plan.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, mistake.Code);
        Assert.StartsWith("runner: .actrc:1:1: ", mistake.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_mistake_of_a_flag_file_is_told_at_once()
    {
        Write("here/.actrc", "--bogus\n--concurrent-jobs -3\nfoo\n");

        var result = await RunAsync([], "config", "validate");

        Assert.Equal(ExitCodes.Configuration, result.Code);
        Assert.Equal(
            [".actrc:1:1: unknown flag '--bogus' of 'runner'", ".actrc:2:1: --concurrent-jobs: '-3' is too small, expected 0 or more",
                ".actrc:3:1: expected a flag such as '--verbose' or '-P ubuntu-latest=debian:12', found 'foo'"],
            result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split("; did")[0]));
    }

    [Fact]
    public async Task Schema_is_printed()
    {
        var result = await RunAsync([], "config", "schema");

        Assert.StartsWith("{", result.Out, StringComparison.Ordinal);
    }

    public static TheoryData<string, string?, string> Platforms => new()
    {
        // -P                                                image                    node selector
        { "ubuntu-latest=debian:12",                         "debian:12",             "" },
        { "ubuntu-latest=-self-hosted",                      null,                    "" },
        { "gpu=k8s:debian:12:accelerator=a100",              "debian:12",             "accelerator=a100" },
        { "gpu=k8s:reg:5000/debian:a=b,c=d",                 "reg:5000/debian",       "a=b c=d" },
        { "gpu=k8s:reg:5000/debian:12",                      "reg:5000/debian:12",    "" },
        { "gpu=k8s:debian@sha256:abc",                       "debian@sha256:abc",     "" },
        { "gpu=k8s:debian@sha256:ab:disk=ssd,zone.io/z=eu",  "debian@sha256:ab",      "disk=ssd zone.io/z=eu" },
    };

    [Theory, MemberData(nameof(Platforms))]
    public void Platform_flag_is_read(string text, string? image, string selector)
    {
        var platform = PlatformFlag.Parse(text);

        Assert.Equal(image, platform.Image);
        Assert.Equal(selector, string.Join(' ', platform.NodeSelector.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Fact]
    public void Platform_flag_without_an_image_is_refused() =>
        Assert.Equal(
            "--platform: 'ubuntu' has no image, expected LABEL=IMAGE, LABEL=k8s:IMAGE:KEY=VALUE or LABEL=-self-hosted",
            Assert.Throws<UsageException>(() => PlatformFlag.Parse("ubuntu")).Message);

    [Theory]
    [InlineData("a=k8s:debian:12:disk=s s",    "disk=s s")]
    [InlineData("a=k8s:debian:12:disk=ssd,b",  "b")]
    [InlineData("a=k8s:debian:12:-x=y",        "-x=y")]
    public void Platform_flag_takes_only_labels_that_a_node_can_have(string text, string pair) =>
        Assert.StartsWith(
            $"--platform: '{pair}' is no label of a node, expected KEY=VALUE: ",
            Assert.Throws<UsageException>(() => PlatformFlag.Parse(text)).Message,
            StringComparison.Ordinal);

    private Task<CliResult> RunAsync(Dictionary<string, string> environment, params string[] args)
    {
        Directory.CreateDirectory(_folder["here"]);
        environment["HOME"] = _folder["home"];
        return Cli.RunAsync(environment, _folder["here"], args);
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name]) ?? string.Empty);
        File.WriteAllText(_folder[name], text);
    }
}
