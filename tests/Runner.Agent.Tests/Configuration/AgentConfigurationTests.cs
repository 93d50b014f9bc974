using Runner.Agent.Configuration;
using Runner.Jobs.Errors;

namespace Runner.Agent.Tests.Configuration;

public sealed class AgentConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("runner-agent-");
    private readonly string _token;

    public AgentConfigurationTests()
    {
        _token = Path.Combine(_folder.FullName, "token");
        File.WriteAllText(_token, "x");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void File_is_read_into_settings()
    {
        var options = Parse($$"""
            backend: host
            github:
              url: https://github.com/acme
              auth: {tokenFile: {{_token}}}
            pools:
              - name: linux
                labels: [self-hosted, linux]
                maxJobs: 3
              - name: gpu
                labels: gpu
            agent: {retryPause: 100ms, drainTimeout: 5m}
            monitoring:
              logging: {format: json, level: debug}
            """);

        Assert.Equal(BackendKind.Host, options.BackendInUse);
        Assert.Equal("https://github.com/acme", options.Github.Url);
        Assert.Equal(["self-hosted", "linux"], options.Pools[0].Labels);
        Assert.Equal(3, options.Pools[0].MaxJobs);
        Assert.Equal(["gpu"], options.Pools[1].Labels);
        Assert.Equal(10, options.Pools[1].MaxJobs);
        Assert.Equal(TimeSpan.FromMilliseconds(100), options.Agent.RetryPause);
        Assert.Equal(TimeSpan.FromMinutes(5), options.Agent.DrainTimeout);
        Assert.Equal(LogFormat.Json, options.Monitoring.Logging.Format);
    }

    [Fact]
    public void Servers_of_artifacts_and_caches_are_addresses()
    {
        var right = new ServicesOptions { ResultsUrl = "https://cache.example/", CacheUrl = "http://10.0.0.7:3000/" };
        var wrong = new ServicesOptions { ResultsUrl = "cache.example", CacheUrl = "ftp://x/" };

        Assert.Empty(right.Validate());
        Assert.Equal(("https://cache.example/", "http://10.0.0.7:3000/"), (right.ToAddresses()?.Results?.AbsoluteUri, right.ToAddresses()?.Cache?.AbsoluteUri));
        Assert.Equal(["services.resultsUrl", "services.cacheUrl"], wrong.Validate().Select(problem => problem.Path));
        Assert.Null(new ServicesOptions().ToAddresses());
    }

    [Fact]
    public void Environment_lies_over_the_file_and_flags_over_both()
    {
        var options = Parse(
            Valid,
            new() { ["RUNNER__POOLS__0__MAXJOBS"] = "7", ["RUNNER__MONITORING__METRICSPORT"] = "1", ["ACT_BACKEND"] = "kubernetes", ["RUNNER__KUBERNETES__RUNNERIMAGE"] = "r", ["RUNNER__KUBERNETES__DEFAULTIMAGE"] = "d", ["HOME"] = "/" },
            new ConfigOverride(["monitoring", "metricsPort"], "2", "flag --port"));

        Assert.Equal(7, options.Pools[0].MaxJobs);
        Assert.Equal(2, options.Monitoring.MetricsPort);
        Assert.Equal(BackendKind.Kubernetes, options.BackendInUse);
    }

    [Fact]
    public void Monitoring_may_stand_under_kubernetes()
    {
        var options = Parse(Valid + "\nkubernetes: {runnerImage: r, defaultImage: d, monitoring: {metricsPort: 9}}\n");

        Assert.Equal(9, options.Monitoring.MetricsPort);
    }

    [Fact]
    public void Pieces_of_a_pod_are_written_as_in_a_manifest()
    {
        var options = Parse(Valid + """

            kubernetes:
              runnerImage: r
              defaultImage: d
              platforms:
                gpu-big:
                  image: i
                  nodeSelector: {kubernetes.io/arch: amd64}
                  tolerations: [{key: gpu, operator: Exists, tolerationSeconds: 5}]
                  securityContext: {runAsUser: 1000, runAsNonRoot: true}
                  resources: {requests: {cpu: 2, memory: 4Gi}}
            """);

        var platform = options.Kubernetes!.Platforms["gpu-big"]; // written above
        Assert.Equal((5, "Exists"), (platform.Tolerations[0].TolerationSeconds!.Value, platform.Tolerations[0].OperatorProperty));
        Assert.Equal((1000, true), (platform.SecurityContext!.RunAsUser!.Value, platform.SecurityContext.RunAsNonRoot!.Value));
        Assert.Equal("2", platform.Resources.Requests["cpu"]);
    }

    [Fact]
    public void All_mistakes_of_writing_are_told_at_once_with_their_places()
    {
        var problems = Problems("""
            backend: kubernets
            githup: {}
            github: {url: https://github.com/acme}
            pools:
              - name: a
                lables: [x]
                maxJobs: many
            monitoring: {metricsPort: [1]}
            """);

        Assert.Equal(
            [
                "runner.yaml:1:10: backend: 'kubernets' is not one of host, docker, kubernetes; did you mean 'kubernetes'?",
                "runner.yaml:2:1: githup: there is no such setting; did you mean 'github'?",
                "runner.yaml:6:5: pools[0].lables: there is no such setting; did you mean 'labels'?",
                "runner.yaml:7:14: pools[0].maxJobs: 'many' is not a whole number",
                "runner.yaml:8:27: monitoring.metricsPort: expected a whole number, found a list",
            ],
            problems);
    }

    [Fact]
    public void All_broken_rules_are_told_at_once_with_their_places()
    {
        var problems = Problems("""
            github:
              url: http://ghes.example/acme
              auth: {tokenFile: /no/such/file, appId: 5}
            pools:
              - {name: a, labels: [x], maxJobs: 0}
              - {name: A}
            """);

        Assert.Collection(
            problems,
            problem => Assert.StartsWith("runner.yaml:2:8: github.url is 'http://ghes.example/acme': plain http", problem, StringComparison.Ordinal),
            problem => Assert.Equal("runner.yaml:3:9: github.auth: has both a tokenFile and a GitHub App, expected one of them", problem),
            problem => Assert.Equal("runner.yaml:3:21: github.auth.tokenFile: there is no file '/no/such/file'", problem),
            problem => Assert.Equal("runner.yaml:5:37: pools[0].maxJobs: is 0, expected at least 1", problem),
            problem => Assert.Equal("runner.yaml:6:12: pools[1].name: 'A' is the name of an earlier pool too", problem),
            problem => Assert.Equal("runner.yaml:6:5: pools[1].labels: is missing, expected at least one label, such as self-hosted", problem));
    }

    [Theory]
    [InlineData("", "runner.yaml: github.url: is missing, expected an organisation, repository or enterprise such as https://github.com/my-org")]
    [InlineData("- a", "runner.yaml:1:1: expected a mapping of sections such as 'github:' and 'pools:'")]
    [InlineData("a: [", "runner.yaml:2:1: this is not YAML")]
    public void File_of_another_kind_is_refused(string yaml, string first) => Assert.StartsWith(first, Problems(yaml)[0], StringComparison.Ordinal);

    [Fact]
    public void Mistake_in_the_environment_names_the_variable()
    {
        var error = Assert.Throws<OperatorException>(() => Parse(Valid, new() { ["RUNNER__MONITORING__METRICPORT"] = "1" }));

        Assert.Equal(
            "environment variable RUNNER__MONITORING__METRICPORT: monitoring.METRICPORT: there is no such setting; did you mean 'metricsPort'?",
            error.Message);
    }

    private string Valid => $$"""
        github:
          url: https://github.com/acme
          auth: {tokenFile: {{_token}}}
        pools: [{name: a, labels: [x]}]
        """;

    private static AgentOptions Parse(string yaml, Dictionary<string, string>? environment = null, params ConfigOverride[] flags) =>
        AgentConfiguration.Parse("runner.yaml", yaml, environment ?? [], flags);

    private static IReadOnlyList<string> Problems(string yaml) => Assert.Throws<OperatorException>(() => Parse(yaml)).Problems;
}
