using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Spec;

namespace Runner.Kubernetes.Tests.Placement;

public sealed class PoolSizesTests
{
    private static readonly string[] Own = ["linux", "x64", "cpu=2"];
    private static readonly string[] Names = ["self-hosted", "linux", "x64", "cpu=2", "fast"];

    private static readonly SizesOptions Sizes = new()
    {
        Cpu = new SizeOptions { Min = "500m", Max = "16" },
        Memory = new SizeOptions { Values = ["1Gi", "4Gi", "16Gi"] },
        Gpu = new SizeOptions { Values = ["1", "a100", "a100:2"] },
        Arch = ["x64", "arm64"],
    };

    public static TheoryData<string, string?, string?, string?, string[]> Ranges => new()
    {
        // of        min      max      step    sizes
        { "cpu",    "1",     "16",    null,   ["1", "2", "4", "8", "16"] },
        { "cpu",    "500m",  "6",     null,   ["500m", "1", "2", "4", "6"] },
        { "cpu",    "100m",  "1",     null,   ["100m", "200m", "400m", "800m", "1"] },
        { "cpu",    "3",     "12",    null,   ["3", "6", "12"] },
        { "cpu",    "2",     "8",     "2",    ["2", "4", "6", "8"] },
        { "cpu",    "1",     "2",     "250m", ["1", "1250m", "1500m", "1750m", "2"] },
        { "cpu",    "4",     "4",     null,   ["4"] },
        { "memory", "512Mi", "8Gi",   null,   ["512Mi", "1Gi", "2Gi", "4Gi", "8Gi"] },
        { "memory", "3g",    "10g",   null,   ["3g", "6Gi", "10g"] },
        { "memory", "1G",    "5G",    null,   ["1G", "2G", "4G", "5G"] },
        { "memory", "4Gi",   "10Gi",  "4Gi",  ["4Gi", "8Gi", "10Gi"] },
        { "disk",   "20Gi",  "100Gi", "40Gi", ["20Gi", "60Gi", "100Gi"] },
        { "gpu",    "1",     "8",     null,   ["1", "2", "4", "8"] },
    };

    [Theory, MemberData(nameof(Ranges))]
    public void Range_becomes_labels_in_natural_steps(string resource, string? min, string? max, string? step, string[] sizes) =>
        Assert.Equal(sizes.Select(size => $"{resource}={size}"), PoolSizes.Of(Of(resource, new SizeOptions { Min = min, Max = max, Step = step })).Labels);

    public static TheoryData<string[], string[]> Choices => new()
    {
        // asked for                                            placed by
        { [],                                                   ["linux", "x64", "cpu=2"] },
        { ["self-hosted", "linux", "fast"],                     ["x64", "cpu=2", "linux"] },
        { ["self-hosted", "cpu=8"],                             ["linux", "x64", "cpu=8"] },
        { ["cpu=4", "memory=16Gi", "arm64"],                    ["linux", "cpu=4", "memory=16Gi", "arm64"] },
        { ["MEMORY=4gi", "GPU=A100:2", "Linux", "X64"],         ["cpu=2", "memory=4Gi", "gpu=a100:2", "linux", "x64"] }, // in the pool's spelling
        { ["cpu=3"],                                            ["linux", "x64", "cpu=3"] }, // no label of today, but within the bounds
        { ["cpu=4", "cpu=8"],                                   ["linux", "x64", "cpu=4", "cpu=8"] }, // placement tells the contradiction
    };

    [Theory, MemberData(nameof(Choices))]
    public void Labels_of_a_job_go_before_those_of_its_pool(string[] asked, string[] placed) =>
        Assert.Equal(placed, PoolSizes.Of(Sizes).Choose("linux", Own, Names, asked));

    [Fact]
    public void Job_that_asks_for_no_architecture_gets_the_first() =>
        Assert.Equal(["linux", "arm64"], PoolSizes.Of(new SizesOptions { Arch = ["arm64", "x64"] }).Choose("any", ["linux"], ["linux"], []));

    public static TheoryData<string, string> Refusals => new()
    {
        { "cpu=64",      "runs-on: 'cpu=64' is not within the bounds of pool 'linux': cpu 500m to 16" },
        { "64cpu",       "runs-on: '64cpu' is not within the bounds of pool 'linux': cpu 500m to 16" },
        { "cpu=100m",    "runs-on: 'cpu=100m' is not within the bounds of pool 'linux': cpu 500m to 16" },
        { "cpu=many",    "runs-on: 'cpu=many' is not within the bounds of pool 'linux': cpu 500m to 16" },
        { "mem=1Ti",     "runs-on: 'mem=1Ti' is not within the bounds of pool 'linux': memory 1Gi to 16Gi" },
        { "gpu=h100",    "runs-on: 'gpu=h100' is not within the bounds of pool 'linux': gpu 1, a100, a100:2" },
        { "disk=20Gi",   "runs-on: pool 'linux' has no sizes of disk, so 'disk=20Gi' cannot be asked for" },
        { "host=master", "runs-on: pool 'linux' has no label 'host=master'" },
    };

    [Theory, MemberData(nameof(Refusals))]
    public void What_the_pool_does_not_give_is_refused_with_the_reason(string asked, string message) =>
        Assert.Equal(message, Assert.Throws<WorkflowException>(() => PoolSizes.Of(Sizes).Choose("linux", Own, Names, [asked])).Message);

    public static TheoryData<string, SizeOptions, string> Mistakes => new()
    {
        { "cpu",    new SizeOptions { Values = ["1"], Max = "2" },            "has both values and a range, expected one of them" },
        { "cpu",    new SizeOptions(),                                         "names no size, expected a list such as [500m, 2] or min and max" },
        { "cpu",    new SizeOptions { Max = "2" },                             "has no min, which a range needs" },
        { "memory", new SizeOptions { Min = "1Gi" },                           "has no max, which a range needs" },
        { "cpu",    new SizeOptions { Values = ["1", "two"] },                 "has 'two', expected sizes such as 500m, 2" },
        { "gpu",    new SizeOptions { Values = ["0"] },                        "has '0', expected sizes such as 1, 2" },
        { "memory", new SizeOptions { Min = "1Gi", Max = "much" },             "has max 'much', expected a size such as 512Mi, 4Gi" },
        { "disk",   new SizeOptions { Min = "9Gi", Max = "1Gi" },              "has min 9Gi, which is more than max 1Gi" },
        { "cpu",    new SizeOptions { Min = "1", Max = "4", Step = "0" },      "has step '0', expected a size such as 500m, 2" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistake_in_the_settings_is_named(string resource, SizeOptions sizes, string problem) =>
        Assert.Contains((resource, problem), PoolSizes.Check(Of(resource, sizes)));

    [Fact]
    public void Architecture_that_is_none_is_named() => Assert.Contains(
        ("arch", "has 'x46', expected x64, amd64, arm64, arm; did you mean 'x64'?"), PoolSizes.Check(new SizesOptions { Arch = ["x46"] }));

    [Fact]
    public void Range_without_end_is_cut_off() =>
        Assert.InRange(PoolSizes.Of(Of("memory", new SizeOptions { Min = "1Ki", Max = "1Ti", Step = "1Ki" })).Labels.Length, 100, 500);

    /// <summary>Five times eight sizes: each job of one pool has the pod that it ordered.</summary>
    [Fact]
    public void Forty_jobs_of_forty_sizes_get_forty_right_pods()
    {
        var sizes = PoolSizes.Of(new SizesOptions
        {
            Cpu = new SizeOptions { Min = "1", Max = "16" },
            Memory = new SizeOptions { Min = "512Mi", Max = "64Gi" },
            Disk = new SizeOptions { Values = ["20Gi"] },
        });
        var asked = (from cpu in sizes.Labels.Where(label => label.StartsWith("cpu=", StringComparison.Ordinal))
                     from memory in sizes.Labels.Where(label => label.StartsWith("memory=", StringComparison.Ordinal))
                     select (Cpu: cpu, Memory: memory)).ToList();

        var pods = asked.Select(size => Pod(sizes, [size.Memory, "self-hosted", size.Cpu, "disk=20Gi"])).ToList();

        Assert.Equal(40, asked.Distinct().Count());
        Assert.Equal(
            asked.Select(size => $"{size.Cpu["cpu=".Length..]} {size.Memory["memory=".Length..]} 20Gi amd64"),
            pods.Select(pod => pod.Spec).Select(pod =>
                $"{pod.Containers[^1].Resources.Limits["cpu"]} {pod.Containers[^1].Resources.Limits["memory"]} {pod.Containers[^1].Resources.Limits["ephemeral-storage"]} {pod.NodeSelector["kubernetes.io/arch"]}"));
        Assert.All(pods, pod => Assert.Equal(pod.Spec.Containers[^1].Resources.Requests["cpu"], pod.Spec.Containers[^1].Resources.Limits["cpu"]));
    }

    private static k8s.Models.V1Pod Pod(PoolSizes sizes, string[] asked)
    {
        var options = SomeKubernetes.Options();
        var labels = sizes.Choose("any", ["linux", "x64"], ["self-hosted", "linux", "x64"], asked);
        return new PodSpecBuilder(options).Build(
            SomeKubernetes.Launch(labels: [.. labels]), PlacementRules.Place(labels, poolPlatform: null, options), ClusterFeatures.Of(string.Empty), "agent", []);
    }

    private static SizesOptions Of(string resource, SizeOptions sizes) => resource switch
    {
        "cpu" => new SizesOptions { Cpu = sizes },
        "memory" => new SizesOptions { Memory = sizes },
        "gpu" => new SizesOptions { Gpu = sizes },
        _ => new SizesOptions { Disk = sizes },
    };
}
