using Runner.Kubernetes.Options;

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

    [Fact]
    public void Settings_are_read_from_the_flat_keys_of_configuration()
    {
        var options = KubernetesOptionsReader.Read(new Dictionary<string, string?>
        {
            ["namespace"] = "ci",
            ["runnerImage"] = "runner:1",
            ["start:imagePullGrace"] = "00:01:00",
            ["imagePullSecrets:0"] = "a",
            ["imagePullSecrets:1"] = "b",
            ["platforms"] = null,
            ["platforms:Ubuntu-Latest:image"] = "debian:12",
            ["platforms:Ubuntu-Latest:tolerations:0:key"] = "dedicated",
            ["platforms:Ubuntu-Latest:tolerations:0:operator"] = "Exists",
            ["platforms:Ubuntu-Latest:tolerations:0:tolerationSeconds"] = "5",
            ["platforms:Ubuntu-Latest:resources:limits:cpu"] = "4",
            ["security:podSecurityContext:runAsUser"] = "1001",
            ["security:podSecurityContext:runAsNonRoot"] = "true",
        });

        var platform = options.Platforms["ubuntu-latest"];
        var toleration = Assert.Single(platform.Tolerations);
        Assert.Equal(("ci", "runner:1", TimeSpan.FromMinutes(1)), (options.Namespace, options.RunnerImage, options.Start.ImagePullGrace));
        Assert.Equal(["a", "b"], options.ImagePullSecrets);
        Assert.Equal(("debian:12", "4"), (platform.Image, platform.Resources.Limits["cpu"]));
        Assert.Equal(("dedicated", "Exists", 5L), (toleration.Key, toleration.OperatorProperty, toleration.TolerationSeconds));
        Assert.Equal((1001L, true), (options.Security.PodSecurityContext?.RunAsUser, options.Security.PodSecurityContext?.RunAsNonRoot));
        Assert.Equal(TimeSpan.FromMinutes(5), options.TerminationGrace);
    }

    [Theory]
    [InlineData("namespce", "x", "kubernetes: Property 'namespce' not found on type")]
    [InlineData("spread", "perhaps", "kubernetes: ")]
    public void Unknown_key_or_value_is_an_error(string key, string value, string message)
    {
        var error = Assert.Throws<FormatException>(() => KubernetesOptionsReader.Read([KeyValuePair.Create(key, (string?)value)]));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_settings_are_the_defaults()
    {
        var options = KubernetesOptionsReader.Read([]);

        Assert.Equal(("runner", "emptyDir", "none"), (options.Instance, options.Storage.Workspace.Type, options.Storage.ToolCache.Type));
    }
}
