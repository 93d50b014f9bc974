using k8s.Models;
using Runner.Jobs.Messages;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Validation;
using Runner.Testing;

namespace Runner.Kubernetes.Tests.Pods;

public sealed class PodExternalsTests
{
    private static readonly JobStep Action = Some.Using("actions/checkout@v4");

    public static TheoryData<JobStep, bool> Steps => new()
    {
        // step                                                    may need Node.js
        { Some.Script("make"),                                     false },
        { Some.Using("docker://alpine:3"),                         false },
        { Action with { Enabled = false },                         false },
        { Action,                                                  true },
        { Some.Using("./local"),                                   true },
    };

    [Theory, MemberData(nameof(Steps))]
    public void Only_jobs_that_may_need_Node_pay_for_it(JobStep step, bool isCopied)
    {
        var pod = Build(SomeKubernetes.Options(), step);

        Assert.Equal(isCopied, Setup(pod).Contains("--externals"));
    }

    [Fact]
    public void JavaScript_hook_of_a_platform_needs_it_too()
    {
        var options = SomeKubernetes.Options();
        options.Platforms["big"] = new PlatformOptions { Image = "x", Env = new Dictionary<string, string> { ["ACTIONS_RUNNER_HOOK_JOB_STARTED"] = "/hooks/started.js" } };

        Assert.Contains("--externals", Setup(Build(options, Some.Script("make"), labels: ["big"])));
    }

    [Fact]
    public void Image_volume_is_mounted_whole_since_not_every_runtime_mounts_a_part_and_linked_to_where_the_copy_would_be()
    {
        var pod = Build(SomeKubernetes.Options() with { Externals = "image" }, Action);

        Assert.Equal(["--externals", "/runner/externals", "--link", "/runner/image/externals"], Setup(pod).TakeLast(4));
        Assert.Equal("registry.example/runner:1", Assert.Single(pod.Spec.Volumes, volume => volume.Image is not null).Image.Reference);
        var mount = Assert.Single(pod.Spec.Containers[0].VolumeMounts, mount => mount.MountPath == "/runner/image");
        Assert.Equal((null, true), (mount.SubPath, mount.ReadOnlyProperty));
    }

    [Fact]
    public void Cluster_without_image_volumes_gets_the_copy_and_a_warning()
    {
        var warnings = new List<string>();

        var pod = Build(SomeKubernetes.Options() with { Externals = "image" }, Action, version: "v1.32.9", warnings: warnings);

        Assert.Contains("--externals", Setup(pod));
        Assert.Equal(["kubernetes.externals: the cluster's version is v1.32.9; image volumes need Kubernetes 1.33, so Node.js is copied"], warnings);
    }

    [Fact]
    public void Tool_cache_keeps_the_copy_where_that_is_asked_for()
    {
        var options = SomeKubernetes.Options() with { Externals = "toolCache" };
        options.Storage.ToolCache = new VolumeOptions { Type = "pvc", ClaimName = "tools" };

        Assert.Equal(["--externals", "/runner/externals", "--keep", "/opt/hostedtoolcache/.runner-externals"], Setup(Build(options, Action)).TakeLast(4));
    }

    [Theory, MemberData(nameof(Steps))]
    public void What_is_kept_for_all_jobs_no_job_can_write_to(JobStep step, bool mayNeedNode)
    {
        var options = SomeKubernetes.Options() with { Externals = "toolCache" };
        options.Storage.ToolCache = new VolumeOptions { Type = "pvc", ClaimName = "tools" };

        var pod = Build(options, step);

        var mounts = pod.Spec.Containers[0].VolumeMounts;
        var cache = Assert.Single(mounts, mount => mount.MountPath == "/opt/hostedtoolcache");
        var kept = Assert.Single(mounts, mount => mount.MountPath == "/opt/hostedtoolcache/.runner-externals");
        Assert.Equal((cache.Name, ".runner-externals", true), (kept.Name, kept.SubPath, kept.ReadOnlyProperty));
        Assert.Equal(mayNeedNode, Setup(pod).Contains("--externals"));
        Assert.Equal(["--keep", "/opt/hostedtoolcache/.runner-externals"], Setup(pod).TakeLast(2)); // it has to be there to be mounted
        Assert.DoesNotContain(pod.Spec.InitContainers[0].VolumeMounts, mount => mount.MountPath == "/opt/hostedtoolcache/.runner-externals");
    }

    [Theory]
    [InlineData("toolcache", "kubernetes.externals is 'toolcache', expected one of copy, image, toolCache, none")]
    [InlineData("toolCache", "kubernetes.externals is 'toolCache', but storage.toolCache is of type 'none', which keeps nothing; expected pvc or hostPath")]
    public void Mistakes_in_the_setting_are_told(string value, string message) =>
        Assert.Equal([message], (SomeKubernetes.Options() with { Externals = value }).Validate());

    private static IList<string> Setup(V1Pod pod) => pod.Spec.InitContainers[0].Command;

    private static V1Pod Build(KubernetesOptions options, JobStep step, string[]? labels = null, string version = "v1.33.1", List<string>? warnings = null)
    {
        var launch = SomeKubernetes.Launch(SomeKubernetes.Job() with { Steps = [step] }, labels);
        var placement = PlacementRules.Place(launch.Labels, launch.Platform, options);
        return new PodSpecBuilder(options).Build(launch, placement, ClusterFeatures.Of(version), "agent-0/abc123", warnings ?? []);
    }
}
