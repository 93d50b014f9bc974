using k8s;
using k8s.Models;
using Runner.Jobs.Containers;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Spec;
using Runner.Testing;

namespace Runner.Kubernetes.Tests.Warm;

/// <summary>Pods that wait for jobs, and the jobs that fit them.</summary>
public sealed class WarmPodBuilderTests
{
    private static readonly ClusterFeatures Features = ClusterFeatures.Of("v1.33.1");

    [Fact]
    public void Pod_that_waits_is_that_of_a_job_without_a_secret()
    {
        var pod = Build(Templated());
        pod.Metadata.Name = "act-warm-linux-0123456789";

        Golden.Check("waiting.yaml", KubernetesYaml.Serialize(pod));
    }

    [Fact]
    public void Nothing_of_a_job_or_a_secret_is_in_it()
    {
        var text = KubernetesYaml.Serialize(Build(Templated()));

        Assert.DoesNotContain("secret", text.Replace("imagePullSecrets", string.Empty, StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("sample", text, StringComparison.Ordinal);
        Assert.DoesNotContain(PodLabels.JobId, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_of_the_pool_and_differ()
    {
        string[] names = [.. Enumerable.Range(0, 3).Select(_ => Build(SomeKubernetes.Options(), pool: new string('x', 80)).Metadata.Name)];

        Assert.Equal(3, names.Distinct().Count());
        Assert.All(names, name => Assert.True(name.Length <= 63 && name.StartsWith("act-warm-xxx", StringComparison.Ordinal), name));
    }

    public static TheoryData<string, string[], bool> Placements => new()
    {
        // what             labels of a job                     whether it fits a pod of a pool of "ubuntu-24.04"
        { "the same",       ["ubuntu-24.04"],                   true },
        { "another image",  ["ubuntu-22.04"],                   false },
        { "another size",   ["ubuntu-24.04", "cpu=2"],          false },
        { "a GPU",          ["ubuntu-24.04", "gpu"],            false },
        { "another node",   ["ubuntu-24.04", "ssd"],            false },
    };

    [Theory, MemberData(nameof(Placements))]
    public void Job_fits_that_is_placed_as_the_pool_is(string what, string[] labels, bool fits)
    {
        var options = SomeKubernetes.Options();
        var builder = new WarmPodBuilder(options);

        var shape = builder.ShapeOf("linux", PlacementRules.Place(labels, poolPlatform: null, options), Features);

        Assert.True(fits == (shape == Build(options).Metadata.Labels[PodLabels.Warm]), what);
    }

    [Fact]
    public void Changed_settings_change_the_shape()
    {
        var before = Build(SomeKubernetes.Options()).Metadata.Labels[PodLabels.Warm];

        Assert.NotEqual(before, Build(SomeKubernetes.Options() with { RunnerImage = "registry.example/runner:2" }).Metadata.Labels[PodLabels.Warm]);
        Assert.NotEqual(before, Build(Templated()).Metadata.Labels[PodLabels.Warm]);
        Assert.Equal(before, Build(SomeKubernetes.Options() with { Spread = true }).Metadata.Labels[PodLabels.Warm]);
    }

    [Fact]
    public void Job_with_containers_of_its_own_does_not_fit()
    {
        var plain = SomeKubernetes.Launch();
        var contained = plain with { Containers = new JobContainers { Job = new JobContainer { Image = "debian:12" } } };
        var served = plain with { Containers = new JobContainers { Services = [new ServiceContainer("db", new JobContainer { Image = "postgres:16" })] } };

        Assert.Equal([true, false, false], new[] { plain, contained, served }.Select(WarmPodBuilder.CanHold));
    }

    private static KubernetesOptions Templated() => SomeKubernetes.Options() with
    {
        Spread = true,
        ImagePullSecrets = ["registry-login"],
        PodTemplate = new V1PodTemplateSpec
        {
            Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["team"] = "ci" } },
            Spec = new V1PodSpec { Containers = [], SchedulerName = "bin-packing" },
        },
    };

    private static V1Pod Build(KubernetesOptions options, string pool = "linux") =>
        new WarmPodBuilder(options).Build(pool, PlacementRules.Place(["ubuntu-24.04"], poolPlatform: null, options), Features, "agent-0/abc123");
}
