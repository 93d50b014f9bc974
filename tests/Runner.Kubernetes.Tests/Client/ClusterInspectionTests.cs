using k8s;
using Microsoft.AspNetCore.Http;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Testing.Http;

namespace Runner.Kubernetes.Tests.Client;

public sealed class ClusterInspectionTests(FakeHttpServer server)
{
    private static readonly KubernetesOptions Everything = new()
    {
        ImagePullSecrets = ["registry"],
        StorageClass = "fast",
        ServiceAccount = "jobs",
        Hooks = new HookOptions { ConfigMap = "hooks" },
        Storage = new StorageOptions { ToolCache = new VolumeOptions { Type = "pvc", ClaimName = "tools" }, Workspace = new VolumeOptions { Type = "ephemeral", StorageClass = "slow" } },
        Platforms = new Dictionary<string, PlatformOptions>
        {
            ["gpu"] = new() { Image = "i", RuntimeClass = "nvidia", Priority = "high", ServiceAccount = "gpu" },
            ["plain"] = new() { Image = "i", Priority = "1000" },
        },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Everything_that_the_settings_name_is_looked_for()
    {
        var site = server.Open(http => http.Response.WriteAsync(http.Request.Path.Value!.EndsWith("/resourcequotas", StringComparison.Ordinal) ? """{"items":[]}""" : "{}"));

        var findings = await InspectAsync(site, Everything);

        Assert.Equal(
            [
                "secret registry (kubernetes.imagePullSecrets)", "storage class fast (kubernetes.storageClass)", "storage class slow (kubernetes.storage.workspace.storageClass)",
                "claim tools (kubernetes.storage.toolCache.claimName)", "service account jobs (kubernetes.serviceAccount)", "config map hooks (kubernetes.hooks.configMap)",
                "runtime class nvidia (kubernetes.platforms.gpu.runtimeClass)", "priority class high (kubernetes.platforms.gpu.priority)", "service account gpu (kubernetes.platforms.gpu.serviceAccount)",
            ],
            findings.Select(finding => $"{finding.What} ({finding.Setting})"));
        Assert.All(findings, finding => Assert.Equal(ClusterFindingKind.There, finding.Kind));
        Assert.Contains(site.Requests, request => request.Path == "/apis/node.k8s.io/v1/runtimeclasses/nvidia");
        Assert.Contains(site.Requests, request => request.Path == "/api/v1/namespaces/ci/persistentvolumeclaims/tools");
    }

    [Theory(Timeout = 30_000)]
    [InlineData(404, ClusterFindingKind.Missing, null)]
    [InlineData(403, ClusterFindingKind.Unknown, "this account may not look")]
    [InlineData(500, ClusterFindingKind.Unknown, "read storage class fast")]
    public async Task What_is_not_there_is_told_apart_from_what_cannot_be_seen(int status, ClusterFindingKind kind, string? detail)
    {
        var site = server.Open(http => http.RefuseAsync(status, "no"));

        var findings = await InspectAsync(site, new KubernetesOptions { StorageClass = "fast" });

        Assert.Equal(kind, findings[0].Kind);
        Assert.StartsWith(detail ?? string.Empty, findings[0].Detail ?? string.Empty, StringComparison.Ordinal);
        Assert.Equal(ClusterFindingKind.Unknown, findings[^1].Kind); // the quotas, which nobody named
    }

    [Theory(Timeout = 30_000)]
    [InlineData("3", ClusterFindingKind.Full)]
    [InlineData("2", ClusterFindingKind.There)]
    public async Task Quota_is_told_with_what_is_left(string used, ClusterFindingKind kind)
    {
        const string Quota = """{"items":[{"metadata":{"name":"q"},"status":{"hard":{"pods":"3","limits.cpu":"4"},"used":{"pods":"USED","limits.cpu":"500m"}}}]}""";
        var site = server.Open(http => http.Response.WriteAsync(Quota.Replace("USED", used, StringComparison.Ordinal)));

        var finding = Assert.Single(await InspectAsync(site, new KubernetesOptions()));

        Assert.Equal((kind, "quota q", $"limits.cpu 500m of 4, pods {used} of 3"), (finding.Kind, finding.What, finding.Detail));
    }

    private static async Task<IReadOnlyList<ClusterFinding>> InspectAsync(FakeSite site, KubernetesOptions options)
    {
        using var connection = new ClusterConnection(
            new k8s.Kubernetes(new KubernetesClientConfiguration { Host = site.Address.AbsoluteUri }), "ci", site.Address.AbsoluteUri);
        return await ClusterInspection.RunAsync(connection, options, Token);
    }
}
