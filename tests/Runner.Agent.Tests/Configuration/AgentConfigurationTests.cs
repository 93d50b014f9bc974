using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;

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
    [InlineData("a: [", "runner.yaml:1:4: this is not YAML: '[' is not closed")]
    public void File_of_another_kind_is_refused(string yaml, string first) => Assert.StartsWith(first, Problems(yaml)[0], StringComparison.Ordinal);

    [Fact]
    public void Mistake_in_the_environment_names_the_variable()
    {
        var error = Assert.Throws<OperatorException>(() => Parse(Valid, new() { ["RUNNER__MONITORING__METRICPORT"] = "1" }));

        Assert.Equal(
            "environment variable RUNNER__MONITORING__METRICPORT: monitoring.METRICPORT: there is no such setting; did you mean 'metricsPort'?",
            error.Message);
    }

    [Theory]
    [InlineData("{security: {securityContext: {runAsNonroot: true}}}", "security.securityContext.runAsNonroot: there is no such setting; did you mean 'runAsNonRoot'?")]
    [InlineData("{platforms: {p: {image: i, tolerations: [{ky: a, operator: Exists}]}}}", "platforms.p.tolerations[0].ky: there is no such setting; did you mean 'key'?")]
    [InlineData("{platforms: {p: {image: i, tolerations: [{key: a, operator: Exits}]}}}", "platforms.p.tolerations[0].operator: 'Exits' is not one of Exists, Equal, Lt, Gt; did you mean 'Exists'?")]
    [InlineData("{platforms: {p: {image: i, tolerations: [{operator: Equal, value: x}]}}}", "platforms.p.tolerations[0]: has no key, which only 'operator: Exists' may leave out")]
    [InlineData("{platforms: {p: {image: i, topologySpreadConstraints: [{maxSkew: 1, whenUnsatisfiable: DoNotSchedule}]}}}", "platforms.p.topologySpreadConstraints[0].topologyKey: is missing")]
    [InlineData("{platforms: {p: {image: i, securityContext: {runAsUser: many}}}}", "platforms.p.securityContext.runAsUser: 'many' is not a whole number")]
    [InlineData("{platforms: {p: {image: i, securityContext: {seccompProfile: {type: Runtime}}}}}", "platforms.p.securityContext.seccompProfile.type: 'Runtime' is not one of RuntimeDefault, Localhost, Unconfined")]
    [InlineData("{platforms: {p: {image: i, affinity: {nodeAffinty: {}}}}}", "platforms.p.affinity.nodeAffinty: there is no such setting; did you mean 'nodeAffinity'?")]
    [InlineData("{podTemplate: {spec: {containers: [{name: job, volumeMount: []}]}}}", "podTemplate.spec.containers[0].volumeMount: there is no such setting; did you mean 'volumeMounts'?")]
    [InlineData("{podTemplate: {spec: {volumes: [{emptyDir: {}}]}}}", "podTemplate.spec.volumes[0].name: is missing")]
    [InlineData("{platforms: {p: {image: i, podTemplate: {spec: {dnsPolicy: Cluster}}}}}", "platforms.p.podTemplate.spec.dnsPolicy: 'Cluster' is not one of ClusterFirst, ClusterFirstWithHostNet, Default, None")]
    [InlineData("{podTemplate: {metadata: {name: x}}}", "podTemplate.metadata.name: there is no such setting")]
    [InlineData("{networking: {dnsConfig: {nameserver: [10.0.0.1]}}}", "networking.dnsConfig.nameserver: there is no such setting; did you mean 'nameservers'?")]
    public void Mistake_in_a_piece_of_a_manifest_is_told_with_its_place(string kubernetes, string problem)
    {
        var problems = Problems($"{Valid}\nkubernetes: {kubernetes}\n");

        Assert.EndsWith($" kubernetes.{problem}", Assert.Single(problems), StringComparison.Ordinal);
        Assert.StartsWith("runner.yaml:", problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Environment_may_write_keys_of_a_manifest_in_capitals()
    {
        var options = Parse(
            Valid + "\nkubernetes: {runnerImage: r, defaultImage: d}\n",
            new() { ["RUNNER__KUBERNETES__SECURITY__SECURITYCONTEXT__RUNASNONROOT"] = "true" });

        Assert.True(options.Kubernetes?.Security.SecurityContext?.RunAsNonRoot);
    }

    public static TheoryData<Type> Pieces => [.. Walk(typeof(AgentOptions)).Where(KubernetesValues.IsOne).Where(type => !KubernetesValues.IsSingle(type))];

    [Theory, MemberData(nameof(Pieces))]
    public void Every_piece_of_a_manifest_refuses_a_key_that_it_does_not_have_and_names_the_nearest(Type piece)
    {
        foreach (var key in KubernetesValues.Keys(piece).Select(property => KubernetesValues.KeyName(property) ?? string.Empty))
        {
            var origin = new ConfigOrigin("x", 1, 1);
            var binder = new ConfigBinder();

            binder.Read(piece, new ConfigMapping(origin, [new ConfigEntry(key + "z", origin, new ConfigScalar(origin, "1"))]));

            var problem = Assert.Single(binder.Problems, text => text.StartsWith($"x:1:1: {key}z: ", StringComparison.Ordinal));
            Assert.Matches("^x:1:1: [A-Za-z0-9]+: there is no such setting; did you mean '[A-Za-z0-9]+'\\?$", problem);
        }
    }

    public static TheoryData<string, string> Refused => [.. Walk(typeof(AgentOptions)).Where(type => !KubernetesValues.IsOne(type)).SelectMany(Wrong)];

    // The schema has these rules of the attributes; the agent has rules of its own, with words for people.
    [Theory, MemberData(nameof(Refused))]
    public void What_the_schema_refuses_is_refused_with_the_settings_name(string key, string yaml)
    {
        var problems = Problems(yaml.Replace("TOKEN", _token, StringComparison.Ordinal));

        Assert.Contains(problems, problem => problem.Contains(key, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("scalesets", "runner.yaml:5:38: pools[0].mode: 'scalesets' is not one of runners, scaleset; did you mean 'scaleset'?")]
    [InlineData("runner", "runner.yaml:5:38: pools[0].mode: 'runner' is not one of runners, scaleset; did you mean 'runners'?")]
    public void Mode_that_there_is_not_is_refused(string mode, string problem)
    {
        var yaml = $$"""
            backend: host
            github:
              url: https://github.com/acme
              auth: {tokenFile: {{_token}}}
            pools: [{name: a, labels: [x], mode: {{mode}}}]
            """;

        Assert.Equal([problem], Problems(yaml));
    }

    [Theory]
    [InlineData("{name: a, labels: [x], platform: ubnutu}", "pools[0].platform: is 'ubnutu', which is none of kubernetes.platforms (ubuntu); did you mean 'ubuntu'?")]
    [InlineData("{name: a, labels: [x64, arm64]}", "pools[0].labels: 'x64' and 'arm64' contradict each other: one asks for nodes with kubernetes.io/arch=amd64, the other with kubernetes.io/arch=arm64")]
    [InlineData("{name: a, labels: [linux, memory=4GB]}", "pools[0].labels: 'memory=4GB' asks for '4GB' memory; write a size such as memory=4Gi or memory=512Mi")]
    [InlineData("{name: a, labels: [cpu=4, cpu=8]}", "pools[0].labels: 'cpu=4' and 'cpu=8' contradict each other: cpu 4 or 8?")]
    [InlineData("{name: a, labels: [windows]}", "pools[0].labels: 'windows' asks for Windows, for which no image is configured")]
    public void Pool_whose_jobs_have_no_place_is_refused(string pool, string problem)
    {
        var problems = Problems(Kubernetes("platforms: {ubuntu: {image: u}}", pool));

        Assert.Contains($": {problem}", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("namespace: My_NS", "namespace is 'My_NS', which is no Kubernetes name")]
    [InlineData("defaultResources: {requests: {cpu: 4}, limits: {cpu: 2}}", "defaultResources.requests.cpu is '4', more than the limit '2'")]
    [InlineData("defaultResources: {limits: {cpu: 2}}, platforms: {big: {image: b, resources: {requests: {cpu: 4}}}}", "platforms.big.resources The job asks for cpu 4 at least and 2 at most")]
    [InlineData("serviceAccount: Ci", "serviceAccount is 'Ci', which is no Kubernetes name")]
    [InlineData("imagePullSecrets: [a_b]", "imagePullSecrets[0] is 'a_b', which is no Kubernetes name")]
    [InlineData("imagePullPolicy: always", "imagePullPolicy is 'always', expected one of Always, IfNotPresent, Never")]
    [InlineData("defaultImage: Debian 12", "defaultImage is 'Debian 12', expected an image such as registry.example/name:tag")]
    [InlineData("platforms: {p: {image: i, nodeSelector: {a/b/c: x}}}", "platforms.p.nodeSelector.a/b/c 'a/b/c' is no Kubernetes label key")]
    [InlineData("platforms: {p: {image: i, labels: {a: -x}}}", "platforms.p.labels.a is '-x', which is no Kubernetes label value")]
    [InlineData("storage: {workspace: {type: hostPath, path: data}}", "storage.workspace.path is 'data', expected the absolute path of a folder of the node")]
    [InlineData("podTemplate: {spec: {restartPolicy: Always}}", "podTemplate.spec.restartPolicy is always Never")]
    [InlineData("podTemplate: {spec: {containers: [{name: a, image: a, securityContext: {privileged: true}}]}}", "podTemplate.spec.containers[0] asks for privileged")]
    [InlineData("networking: {dnsPolicy: None}", "networking.dnsConfig.nameservers is not set, which dnsPolicy None needs")]
    public void Text_that_the_API_server_would_refuse_is_refused_at_the_start(string settings, string problem)
    {
        var problems = Problems(Kubernetes(settings, "{name: a, labels: [x]}"));

        Assert.Contains(problems, found => found.StartsWith("runner.yaml:6:", StringComparison.Ordinal) && found.Contains($": kubernetes.{problem}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("info", LogLevel.Information)]
    [InlineData("warn", LogLevel.Warning)]
    [InlineData("WARNING", LogLevel.Warning)]
    [InlineData("fatal", LogLevel.Critical)]
    [InlineData("off", LogLevel.None)]
    public void Log_levels_have_their_usual_short_names(string written, LogLevel level)
    {
        var options = Parse($"{Valid}\nmonitoring: {{logLevel: {written}, logging: {{level: {written}}}}}\n");

        Assert.Equal((level, level), (options.Monitoring.LogLevel, options.Monitoring.Logging.Level));
    }

    [Theory]
    [InlineData("  : t", "runner.yaml:1:3: a key is missing here")]
    [InlineData("a: &a [*a]", "this is not YAML: '*a' stands inside of '&a'")]
    [InlineData("a: *b", "this is not YAML: ")]
    [InlineData("a: 1\na: 2", "this is not YAML: ")]
    [InlineData("? [a]\n: b", "a key is missing here, or is no single text")]
    [InlineData("%YAML 9.9\n---\na: b", "runner.yaml")]
    [InlineData("a: !!binary x", "a: there is no such setting")]
    [InlineData("\t- a", "runner.yaml:1:1: this is not YAML: A tab indents this line")]
    [InlineData("a: b\n\tc: d", "runner.yaml:2:1: this is not YAML: A tab indents this line")]
    [InlineData("a: [x\nb: c", "runner.yaml:2:2: this is not YAML: ")]
    [InlineData("a: b\n: x", "runner.yaml:2:1: ")]
    [InlineData("a: @x", "runner.yaml:1:4: this is not YAML: A text that begins with '@' needs quotes")]
    [InlineData("a: |\n b\nc", "this is not YAML: ")]
    [InlineData("---\n---\n", "runner.yaml")]
    public void No_text_is_more_than_a_mistake_with_its_place(string yaml, string says) =>
        Assert.Contains(Problems(yaml), problem => problem.StartsWith("runner.yaml", StringComparison.Ordinal) && problem.Contains(says, StringComparison.Ordinal));

    [Fact]
    public void Text_of_a_thousand_levels_is_refused() => Assert.Contains("levels deep", Problems($"a: {new string('[', 5000)}")[0], StringComparison.Ordinal);

    private string Kubernetes(string settings, string pool) => $$"""
        github:
          url: https://github.com/acme
          auth: {tokenFile: {{_token}}}
        pools:
          - {{pool}}
        kubernetes: { {{settings}}, runnerImage: r{{(settings.Contains("defaultImage", StringComparison.Ordinal) ? string.Empty : ", defaultImage: d")}} }
        """;

    // Settings by path that are outside of what their attributes allow, in a file that is right but for them.
    private static IEnumerable<TheoryDataRow<string, string>> Wrong(Type type) =>
        from property in ConfigBinder.Settings(type)
        let wrong = property.GetCustomAttribute<AllowedValuesAttribute>() is not null ? "Wrong"
            : property.GetCustomAttribute<RangeAttribute>() is { } range ? $"{(int)range.Minimum - 1}"
            : property.GetCustomAttribute<RegularExpressionAttribute>() is not null ? "'§'"
            : property.GetCustomAttribute<RequiredAttribute>() is not null ? "''"
            : null
        where wrong is not null
        let key = ConfigBinder.KeyName(property)
        let text = ConfigBinder.DictionaryValueType(property.PropertyType) is not null ? $"{{cpu: {wrong}}}"
            : ConfigBinder.ItemType(property.PropertyType) is not null ? (wrong == "''" ? "[]" : $"[{wrong}]")
            : wrong
        select new TheoryDataRow<string, string>(key, Written(type, $"{key}: {text}"));

    private static string Written(Type type, string setting)
    {
        var kubernetes = type.Name switch
        {
            nameof(KubernetesOptions) => setting,
            nameof(PlatformOptions) => $"platforms: {{p: {{{setting}}}}}",
            nameof(ResourceOptions) => $"defaultResources: {{{setting}}}",
            nameof(VolumeOptions) => $"storage: {{workspace: {{{setting}}}}}",
            nameof(StorageOptions) => $"storage: {{{setting}}}",
            nameof(SecurityOptions) => $"security: {{{setting}}}",
            nameof(NetworkingOptions) => $"networking: {{{setting}}}",
            nameof(CleanupOptions) => $"cleanupPolicy: {{{setting}}}",
            _ => "enabled: true",
        };
        var pool = type == typeof(PoolOptions) ? setting
            : type == typeof(RerunOptions) ? $"rerun: {{{setting}}}"
            : type == typeof(WarmOptions) ? $"warm: {{{setting}}}"
            : "maxJobs: 1";
        var monitoring = type.Name switch
        {
            nameof(MonitoringOptions) => setting,
            nameof(QueueOptions) => $"queue: {{{setting}}}",
            nameof(UsageOptions) => $"usage: {{{setting}}}",
            nameof(ExternalMetricsOptions) => $"externalMetrics: {{{setting}}}",
            _ => "enabled: true",
        };
        var agent = type == typeof(SupervisionOptions) ? setting : "replacements: 1";
        string[] names = [pool.StartsWith("name", StringComparison.Ordinal) ? "" : "name: a, ", pool.StartsWith("labels", StringComparison.Ordinal) ? "" : "labels: [x], "];
        return $"github: {{url: 'https://github.com/acme', auth: {{tokenFile: TOKEN}}}}\npools: [{{{names[0]}{names[1]}{pool}}}]\n"
            + $"kubernetes: {{runnerImage: r, defaultImage: d, {kubernetes}}}\nmonitoring: {{{monitoring}}}\nagent: {{{agent}}}\n";
    }

    private static HashSet<Type> Walk(Type root)
    {
        var found = new HashSet<Type>();
        var open = new Stack<Type>([root]);
        while (open.TryPop(out var type))
        {
            var inner = Nullable.GetUnderlyingType(type) ?? ConfigBinder.DictionaryValueType(type) ?? ConfigBinder.ItemType(type);
            if (inner is not null)
            {
                open.Push(inner);
            }
            else if (!ConfigValues.CanRead(type) && found.Add(type) && !(KubernetesValues.IsOne(type) && KubernetesValues.IsSingle(type)))
            {
                foreach (var property in ConfigBinder.Settings(type))
                {
                    open.Push(property.PropertyType);
                }
            }
        }

        return found;
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
