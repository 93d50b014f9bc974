using System.Security.Cryptography.X509Certificates;
using System.Text;
using Runner.Integration.Tests.Jobs;
using Runner.Testing;

namespace Runner.Integration.Tests.Chart;

/// <summary>Each switch of the chart, with the manifests that it makes or changes.</summary>
public sealed class ChartSwitchTests
{
    private static readonly string[] Needed = ["--set", "github.url=https://github.com/acme,kubernetes.defaultImage=debian:12", "--namespace", "act-runners"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Switches => new()
    {
        { "secret-token",     "github.token=not-a-token",                                                                  "secret" },
        { "secret-app",       "github.app.id=123456789,github.app.installationId=55,github.app.privateKey=-----BEGIN RSA PRIVATE KEY-----", "secret,config" },
        { "namespace",        "jobs.namespaceLabels.pod-security\\.kubernetes\\.io/enforce=baseline",                          "namespace" },
        { "own-namespace",    "kubernetes.namespace=act-runners",                                                           "rbac" },
        { "cluster-reads",    "clusterReads.enabled=true,serviceAccount.create=false,serviceAccount.name=ci",                "rbac" },
        { "tool-cache",       "jobs.toolCache.create=true,jobs.toolCache.storageClass=fast",                                 "jobs,config" },
        { "network-jobs",     "jobs.networkPolicy.enabled=true",                                                            "jobs" },
        { "network-agent",    "networkPolicy.enabled=true,networkPolicy.from[0].namespaceSelector.matchLabels.name=monitoring", "networkpolicy" },
        { "quota",            "jobs.resourceQuota.pods=50,jobs.resourceQuota.limits\\.memory=200Gi,jobs.limitRange[0].type=Container,jobs.limitRange[0].default.cpu=1", "jobs" },
        { "priority-class",   "jobs.priorityClass.create=true",                                                             "jobs" },
        { "service-monitor",  "monitoring.serviceMonitor.enabled=true,monitoring.serviceMonitor.labels.release=prometheus",  "monitors" },
        { "pod-monitor",      "monitoring.podMonitor.enabled=true,config.monitoring.metricsPath=/m",                        "monitors" },
        { "autoscaling",      "autoscaling.enabled=true",                                                                   "autoscaling" },
        { "external-metrics", "externalMetrics.enabled=true,externalMetrics.certificate.secretName=mine,externalMetrics.certificate.caBundle=-----BEGIN CERTIFICATE-----,networkPolicy.enabled=true",
            "externalmetrics,deployment,networkpolicy,config" },
        { "cert-manager",     "externalMetrics.enabled=true,externalMetrics.certificate.certManager.enabled=true", "externalmetrics" },
        { "keda",             "keda.enabled=true,keda.prometheus=http://prometheus.monitoring:9090",                        "autoscaling" },
        { "disruption",       "podDisruptionBudget.minAvailable=50%",                                                       "disruption" },
        { "agent", "annotations.a=1,podAnnotations.b=2,podLabels.c=3,commonLabels.d=4,env.E=5,envFrom[0].secretRef.name=f,priorityClassName=high,"
            + "extraVolumes[0].name=v,extraVolumes[0].emptyDir.medium=Memory,extraVolumeMounts[0].name=v,extraVolumeMounts[0].mountPath=/v,"
            + "hostAliases[0].ip=10.0.0.1,hostAliases[0].hostnames={ghes.example},probes.liveness.periodSeconds=20,updateStrategy.type=Recreate,"
            + "updateStrategy.rollingUpdate=null,topologySpreadConstraints[0].maxSkew=1,topologySpreadConstraints[0].topologyKey=rack,"
            + "topologySpreadConstraints[0].whenUnsatisfiable=DoNotSchedule,config.monitoring.metricsPort=9090", "deployment" },
        { "services",         "services.enabled=true,networkPolicy.enabled=true,services.keySecretName=runner-key,services.storage.storageClass=fast,monitoring.serviceMonitor.enabled=true", "services,config,deployment,monitors" },
        { "services-artifacts", "services.enabled=true,services.artifacts=true,services.keySecretName=k,services.url=https://cache.example/,services.storage.volume.nfs.server=nas,services.storage.volume.nfs.path=/ci,"
            + "services.service.clusterIP=10.96.0.77,services.nodeSelector.disk=fast", "services,config" },
        { "services-s3",      "services.enabled=true,services.artifacts=true,services.keySecretName=k,services.s3.bucket=ci-caches,services.s3.credentialsSecret=ci-s3,services.s3.endpoint=https://minio.example,"
            + "services.s3.prefix=runner,services.s3.redirect=true,network.ca.configMap=corp-ca", "services" },
        { "services-aws",     "services.enabled=true,services.keySecretName=k,services.s3.bucket=ci-caches,services.s3.region=eu-central-1,services.s3.replicas=1,"
            + "services.serviceAccount.annotations.eks\\.amazonaws\\.com/role-arn=arn:aws:iam::1:role/ci", "services" },
        { "extra-objects",    "extraObjects[0].apiVersion=v1,extraObjects[0].kind=ConfigMap,extraObjects[0].metadata.name=of-{{ .Release.Name }}", "extra" },
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Switches))]
    public async Task Switch_renders_to_its_golden_manifests(string name, string values, string templates)
    {
        string[] secret = name.StartsWith("secret", StringComparison.Ordinal) ? [] : ["--set", "github.secretName=runner-github"];
        var shown = templates.Split(',').SelectMany(template => new[] { "--show-only", $"templates/{template}.yaml" });
        var (code, output) = await HelmProgram.RunAsync(["template", "ci", HelmProgram.Chart, .. Needed, .. secret, "--set", values, .. shown], Token);

        Assert.True(code == 0, output);
        Golden.Check($"{name}.yaml", output);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("kubernetes-mode")]
    [InlineData("dind")]
    public async Task Values_that_were_converted_from_another_chart_are_values_of_this_one(string name)
    {
        var values = Path.Combine(Repository.Root, $"tests/Runner.Cli.Tests/Migration/Golden/{name}.values.yaml");

        var (code, output) = await HelmProgram.RunAsync(["template", "ci", HelmProgram.Chart, "--values", values], Token);

        Assert.True(code == 0, output);
        Assert.Contains("mode: scaleset", output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("github.token=", "github.secretName names the Secret with GitHub's credentials; or github.token or github.app hold them")]
    [InlineData("github.token=a,github.secretName=b", "github.secretName names a Secret, and github.token would make one")]
    [InlineData("github.token=a,github.app.id=1", "github.token and github.app are both set")]
    [InlineData("github.app.id=1,github.app.installationId=2", "github.app.privateKey is missing")]
    [InlineData("github.token=a,autoscaling.enabled=true,keda.enabled=true", "autoscaling.enabled and keda.enabled are both true")]
    [InlineData("github.token=a,keda.enabled=true", "keda.prometheus is the address of a Prometheus")]
    [InlineData("github.token=a,autoscaling.enabled=true,pools[0].name=x,pools[0].labels={x},pools[0].mode=scaleset", "no pool of the mode runners")]
    [InlineData("github.token=a,keda.enabled=true,externalMetrics.enabled=true", "externalMetrics.enabled and keda.enabled are both true")]
    [InlineData("github.token=a,externalMetrics.enabled=true,externalMetrics.certificate.secretName=x", "externalMetrics.certificate.caBundle is the PEM")]
    [InlineData("github.token=a,autoscaling.minReplicas=0", "/autoscaling/minReplicas")]
    [InlineData("github.token=a,autoscaling.behavior.scaleDwn=1", "additional properties 'scaleDwn' not allowed")]
    [InlineData("github.token=a,jobs.toolCache.accessModes={ReadWriteAll}", "/jobs/toolCache/accessModes/0")]
    [InlineData("github.token=a,jobs.networkPolicy.blocked={metadata}", "/jobs/networkPolicy/blocked/0")]
    [InlineData("github.token=a,jobs.limitRange[0].typ=Pod", "additional properties 'typ' not allowed")]
    [InlineData("github.token=a,probes.liveness.periodSecs=3", "additional properties 'periodSecs' not allowed")]
    [InlineData("github.token=a,monitoring.podMonitor.interval=often", "/monitoring/podMonitor/interval")]
    [InlineData("github.token=a,extraVolumes[0].emptyDir.medium=Memory", "missing property 'name'")]
    public async Task Wrong_or_missing_value_is_refused_with_its_name(string values, string message)
    {
        var (code, output) = await HelmProgram.RunAsync(["template", "ci", HelmProgram.Chart, .. Needed, "--set", values], Token);

        Assert.NotEqual(0, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Certificate_that_the_chart_makes_is_for_the_service_and_of_the_CA_that_the_API_server_is_told()
    {
        var (code, output) = await HelmProgram.RunAsync(
            ["template", "ci", HelmProgram.Chart, .. Needed, "--set", "github.token=a,externalMetrics.enabled=true", "--show-only", "templates/externalmetrics.yaml"], Token);
        Assert.True(code == 0, output);
        using var certificate = X509Certificate2.CreateFromPem(Value("  tls.crt: "), Value("  tls.key: "));
        using var authority = X509Certificate2.CreateFromPem(Value("  ca.crt: "));
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;

        Assert.True(chain.Build(certificate));
        Assert.True(certificate.MatchesHostname("ci-external-metrics.act-runners.svc"));
        Assert.Equal(Value("  ca.crt: "), Value("  caBundle: "));
        Assert.DoesNotContain("insecureSkipTLSVerify", output, StringComparison.Ordinal);

        string Value(string key) => Encoding.UTF8.GetString(Convert.FromBase64String(
            output.Split('\n').Single(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..]));
    }

    [Theory(Timeout = 60_000)]
    // cluster                disruption        scaling                can drain what is not ready
    [InlineData("1.20.0",       "policy/v1beta1", "autoscaling/v2beta2", false)]
    [InlineData("1.25.0-eks-1", "policy/v1",      "autoscaling/v2",      false)]
    [InlineData("1.27.3-eks-1", "policy/v1",      "autoscaling/v2",      true)]
    public async Task Objects_are_of_the_versions_that_the_cluster_has(string cluster, string disruption, string scaling, bool drains)
    {
        var (code, output) = await HelmProgram.RunAsync(
            ["template", "ci", HelmProgram.Chart, .. Needed, "--set", "github.token=a,autoscaling.enabled=true", "--kube-version", cluster], Token);

        Assert.True(code == 0, output);
        Assert.Contains($"apiVersion: {disruption}\nkind: PodDisruptionBudget", output, StringComparison.Ordinal);
        Assert.Contains($"apiVersion: {scaling}\nkind: HorizontalPodAutoscaler", output, StringComparison.Ordinal);
        Assert.Equal(drains, output.Contains("unhealthyPodEvictionPolicy: AlwaysAllow", StringComparison.Ordinal));
    }
}
