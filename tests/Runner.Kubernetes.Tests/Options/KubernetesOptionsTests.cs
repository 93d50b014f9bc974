using Runner.Kubernetes.Options;
using Runner.Kubernetes.Validation;

namespace Runner.Kubernetes.Tests.Options;

public sealed class KubernetesOptionsTests
{
    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        var options = new KubernetesOptions
        {
            RunnerImage = "runner:1",
            ImagePullPolicy = "Sometimes",
            TerminationGrace = TimeSpan.Zero,
            LabelMap = new Dictionary<string, string> { ["spot"] = "capacity spot" },
            DefaultResources = new ResourceOptions { Limits = new Dictionary<string, string> { ["memory"] = "lots" } },
            Platforms = new Dictionary<string, PlatformOptions> { ["big"] = new() },
            Storage = new StorageOptions { ToolCache = new VolumeOptions { Type = "pvc" } },
        };

        Assert.Equal(
        [
            "kubernetes.defaultImage is not set",
            "kubernetes.imagePullPolicy is 'Sometimes', expected one of Always, IfNotPresent, Never",
            "kubernetes.defaultResources.limits.memory is 'lots', expected a quantity such as 4Gi",
            "kubernetes.platforms.big.image is not set",
            "kubernetes.labelMap.spot is 'capacity spot', expected a node label such as 'node-type=self-hosted', or nothing",
            "kubernetes.storage.toolCache.claimName is not set, which type pvc needs",
            "kubernetes.terminationGrace is 00:00:00, expected a second at least",
        ],
            options.Validate());
    }
}
