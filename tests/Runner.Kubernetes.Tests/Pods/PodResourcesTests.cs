using k8s.Models;
using Runner.Jobs.Containers;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Validation;

namespace Runner.Kubernetes.Tests.Pods;

public sealed class PodResourcesTests
{
    private static readonly string[] Deciding = ["cpu", "memory"];

    [Theory]
    [InlineData("", "cpu=100m/-, memory=256Mi/-")]
    [InlineData("--memory 128m", "cpu=100m/-, memory=128Mi/128Mi")] // it asks for no more than it may use
    [InlineData("--cpus 2 --memory 1g", "cpu=100m/2, memory=256Mi/1Gi")]
    public void Every_container_asks_for_something_so_that_a_quota_takes_the_pod(string options, string expected)
    {
        var settings = SomeKubernetes.Options();
        settings.DefaultResources.Requests = new Dictionary<string, string> { ["cpu"] = "1", ["memory"] = "1Gi", ["ephemeral-storage"] = "5Gi", ["nvidia.com/gpu"] = "1" };

        var pod = Build(settings, options);

        Assert.Equal(expected, Text(pod, "service-db"));
        Assert.Equal("cpu=1/-, ephemeral-storage=5Gi/-, memory=1Gi/-", Text(pod, "setup"));
        Assert.Equal("Burstable", ClassOf(pod));
    }

    [Theory]
    [InlineData("", "cpu=1/1, memory=1Gi/1Gi")]
    [InlineData("--memory 4g", "cpu=1/1, memory=4Gi/4Gi")]
    [InlineData("--cpus 0.5", "cpu=500m/500m, memory=1Gi/1Gi")]
    public void Pod_of_a_guaranteed_job_stays_guaranteed(string options, string expected)
    {
        var settings = SomeKubernetes.Options();
        settings.DefaultResources.Limits = new Dictionary<string, string> { ["cpu"] = "2", ["memory"] = "4Gi" };
        settings.DefaultResources.Requests = new Dictionary<string, string> { ["cpu"] = "2000m", ["memory"] = "4Gi" };

        var pod = Build(settings, options);

        Assert.Equal(expected, Text(pod, "service-db"));
        Assert.Equal("Guaranteed", ClassOf(pod));
    }

    [Fact]
    public void Settings_give_services_and_set_up_what_they_say()
    {
        var settings = SomeKubernetes.Options();
        settings.ServiceResources = Resources(("cpu", "2", "3"), ("memory", "3Gi", "3Gi"));
        settings.SetupResources = Resources(("cpu", "50m", "1"));

        var pod = Build(settings, string.Empty);

        Assert.Equal("cpu=2/3, memory=3Gi/3Gi", Text(pod, "service-db"));
        Assert.Equal("cpu=50m/1", Text(pod, "setup"));
        settings.ServiceResources.Limits["memory"] = "much";
        settings.Storage.TempSize = "some";
        Assert.Equal(
            ["kubernetes.serviceResources.limits.memory is 'much', expected a quantity such as 4Gi", "kubernetes.storage.tempSize is 'some', expected a quantity such as 10Gi"],
            settings.Validate());
    }

    [Fact]
    public void Limit_of_a_workflow_below_the_jobs_request_is_no_refused_pod()
    {
        var settings = SomeKubernetes.Options();
        settings.DefaultResources.Requests = new Dictionary<string, string> { ["memory"] = "4Gi" };

        var pod = Build(settings, string.Empty, job: "--memory 2g");

        Assert.Equal("memory=2Gi/2Gi", Text(pod, "job"));
    }

    [Fact]
    public void Nothing_of_a_pod_is_without_a_bound()
    {
        var settings = SomeKubernetes.Options();
        settings.MaxJobTime = TimeSpan.FromHours(7);
        settings.Storage.VolumeSize = "3Gi";
        settings.Storage.MemorySize = "64Mi";

        var pod = Build(settings, "--tmpfs /a --tmpfs /b:rw,size=16m --shm-size 1g", volumes: ["/data", "cache:/cache"]);

        Assert.Equal(7 * 3600, pod.Spec.ActiveDeadlineSeconds);
        var folders = pod.Spec.Volumes.Where(volume => volume.EmptyDir is not null).ToList();
        Assert.All(folders, volume => Assert.True(volume.EmptyDir.SizeLimit is not null, volume.Name));
        Assert.Equal(
            [16L << 20, 16L << 20, 64L << 20, 1L << 30], // the payload's is the first
            folders.Where(volume => volume.EmptyDir.Medium == "Memory").Select(volume => (long)volume.EmptyDir.SizeLimit.ToDecimal()).Order());
        Assert.Equal(2, folders.Count(volume => volume.EmptyDir.SizeLimit.ToString() == "3Gi"));
        Assert.All(pod.Spec.Volumes, volume => Assert.InRange(volume.Name.Length, 1, 63));
    }

    private static ResourceOptions Resources(params (string Name, string Request, string Limit)[] resources) => new()
    {
        Requests = resources.ToDictionary(resource => resource.Name, resource => resource.Request),
        Limits = resources.ToDictionary(resource => resource.Name, resource => resource.Limit),
    };

    private static V1Pod Build(KubernetesOptions settings, string options, string? job = null, string[]? volumes = null)
    {
        var service = Container(options) with { Volumes = [.. (volumes ?? []).Select(volume => VolumeMapping.Parse(volume, "x"))] };
        var launch = SomeKubernetes.Launch() with
        {
            Containers = new JobContainers
            {
                Job = job is null ? null : Container(job),
                Services = [new("db", service), new("a-service-with-a-name-as-long-as-a-container-may-have-one-and-more", Container(string.Empty))],
            },
        };
        var placement = PlacementRules.Place(launch.Labels, launch.Platform, settings);
        return new PodSpecBuilder(settings).Build(launch, placement, ClusterFeatures.Of("v1.33.1"), "agent-0/abc123", []);
    }

    private static JobContainer Container(string options) => new() { Image = "postgres:16", Options = ContainerOptionsParser.Parse(options, "x") };

    private static string Text(V1Pod pod, string name)
    {
        var resources = All(pod).Single(container => container.Name == name).Resources;
        var (requests, limits) = (resources.Requests ?? new Dictionary<string, ResourceQuantity>(), resources.Limits ?? new Dictionary<string, ResourceQuantity>());
        return string.Join(", ", requests.Keys.Union(limits.Keys).Order(StringComparer.Ordinal).Select(key => $"{key}={Of(requests, key)}/{Of(limits, key)}"));
    }

    private static string Of(IDictionary<string, ResourceQuantity> quantities, string key) => !quantities.TryGetValue(key, out var quantity) ? "-"
        : quantity.ToDecimal() is var value && key == "memory" && value % (1 << 30) == 0 ? $"{value / (1 << 30):0}Gi"
        : key == "memory" && value % (1 << 20) == 0 ? $"{value / (1 << 20):0}Mi"
        : quantity.ToString();

    // As Kubernetes tells a pod's class of service.
    private static string ClassOf(V1Pod pod) => All(pod).All(container => Deciding.All(
        resource => container.Resources?.Limits is { } limits && limits.TryGetValue(resource, out var limit)
            && (!(container.Resources.Requests ?? limits).TryGetValue(resource, out var request) || request.ToDecimal() == limit.ToDecimal())))
        ? "Guaranteed"
        : "Burstable";

    private static IEnumerable<V1Container> All(V1Pod pod) => pod.Spec.InitContainers.Concat(pod.Spec.Containers);
}
