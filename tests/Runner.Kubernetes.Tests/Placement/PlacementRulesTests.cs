using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;

namespace Runner.Kubernetes.Tests.Placement;

public sealed class PlacementRulesTests
{
    private const string Default = "registry.example/ubuntu:latest";

    public static TheoryData<string[], string, string[], string[]> Labels => new()
    {
        // labels                                image                              node selector                                              requests and limits
        { [],                                    Default,                           [],                                                        [] },
        { ["self-hosted"],                       Default,                           [],                                                        [] },
        { ["linux", "x64"],                      Default,                           ["kubernetes.io/arch=amd64", "kubernetes.io/os=linux"],    [] },
        { ["Linux", "ARM64"],                    Default,                           ["kubernetes.io/arch=arm64", "kubernetes.io/os=linux"],    [] },
        { ["arm"],                               Default,                           ["kubernetes.io/arch=arm"],                                [] },
        { ["ubuntu-latest"],                     Default,                           ["kubernetes.io/arch=amd64", "kubernetes.io/os=linux"],    [] },
        { ["ubuntu-24.04"],                      "registry.example/ubuntu:24.04",   ["kubernetes.io/arch=amd64", "kubernetes.io/os=linux"],    [] },
        { ["ubuntu-24.04-arm"],                  "registry.example/ubuntu:24.04",   ["kubernetes.io/arch=arm64", "kubernetes.io/os=linux"],    [] },
        { ["windows-2022"],                      "registry.example/win:2022",       ["kubernetes.io/os=windows"],                              [] },
        { ["cpu=4", "memory=8Gi"],               Default,                           [],                                                        ["cpu=4/4", "memory=8Gi/8Gi"] },
        { ["8cpu", "mem=16g"],                   Default,                           [],                                                        ["cpu=8/8", "memory=16Gi/16Gi"] },
        { ["ephemeral-storage=20g"],             Default,                           [],                                                        ["ephemeral-storage=20Gi/20Gi"] },
        { ["disk=100Gi"],                        Default,                           [],                                                        ["ephemeral-storage=100Gi/100Gi"] },
        { ["gpu"],                               Default,                           ["accelerator=gpu"],                                       ["nvidia.com/gpu=-/1"] },
        { ["gpu=2"],                             Default,                           ["accelerator=gpu"],                                       ["nvidia.com/gpu=-/2"] },
        { ["gpu=A100"],                          Default,                           ["accelerator=A100"],                                      ["nvidia.com/gpu=-/1"] },
        { ["gpu=a100:4", "linux"],               Default,                           ["accelerator=a100", "kubernetes.io/os=linux"],            ["nvidia.com/gpu=-/4"] },
        { ["team-a"],                            Default,                           ["team-a=true"],                                           [] },
        { ["example.com/fast-disk"],             Default,                           ["example.com/fast-disk=true"],                            [] },
        { ["SPOT"],                              Default,                           ["capacity=spot"],                                         [] },
        { ["anything"],                          Default,                           [],                                                        [] },
        { ["big"],                               "registry.example/big:2",          ["disk=ssd"],                                              ["cpu=16/-", "memory=-/64Gi"] },
        { ["linux", "BIG", "cpu=2"],             "registry.example/big:2",          ["disk=ssd", "kubernetes.io/os=linux"],                    ["cpu=2/2", "memory=-/64Gi"] },
    };

    public static TheoryData<string[], string> Refusals => new()
    {
        { ["linux", "windows"],         "runs-on: 'linux' and 'windows' contradict each other: one asks for nodes with kubernetes.io/os=linux, the other with kubernetes.io/os=windows" },
        { ["x64", "ubuntu-24.04-arm"],  "runs-on: 'x64' and 'ubuntu-24.04-arm' contradict each other: one asks for nodes with kubernetes.io/arch=amd64, the other with kubernetes.io/arch=arm64" },
        { ["big", "disk-hdd"],          "runs-on: 'big' and 'disk-hdd' contradict each other: one asks for nodes with disk=ssd, the other with disk=hdd" },
        { ["big", "small"],             "runs-on: 'big' and 'small' each name a platform; a job can have one" },
        { ["cpu=2", "4cpu"],            "runs-on: 'cpu=2' and '4cpu' contradict each other: cpu 2 or 4?" },
        { ["gpu=1", "gpu=a100:2"],      "runs-on: 'gpu=1' and 'gpu=a100:2' contradict each other: nvidia.com/gpu 1 or 2?" },
        { ["cpu=many"],                 "runs-on: 'cpu=many' asks for 'many' processors; write a number such as cpu=2, cpu=1.5 or cpu=500m" },
        { ["cpu="],                     "runs-on: 'cpu=' asks for no number of processors; write a number such as cpu=2, cpu=1.5 or cpu=500m" },
        { ["memory=lots"],              "runs-on: 'memory=lots' asks for 'lots' memory; write a size such as memory=4Gi or memory=512Mi" },
        { ["ephemeral-storage=big"],    "runs-on: 'ephemeral-storage=big' asks for 'big' disk; write a size such as disk=20Gi" },
        { ["gpu=a100:none"],            "runs-on: 'gpu=a100:none' is no request for GPUs; write gpu, gpu=2, gpu=a100 or gpu=a100:2" },
        { ["macos-14"],                 "runs-on: 'macos-14': Kubernetes has no macOS nodes. Configured platforms: big, small." },
        { ["no spaces please"],         "runs-on: 'no spaces please' is no platform, has no meaning of its own and cannot be a node's label (a name like that of a value, after an optional DNS name and '/'). Configured platforms: big, small." },
        { ["zone=eu"],                  "runs-on: 'zone=eu' is no platform, has no meaning of its own and cannot be a node's label (a name like that of a value, after an optional DNS name and '/'). Configured platforms: big, small." },
        { ["small"],                    "The job asks for cpu 4 at least and 2 at most; mend the platform's resources or defaultResources" },
    };

    [Theory, MemberData(nameof(Labels))]
    public void Labels_become_constraints(string[] labels, string image, string[] selector, string[] resources)
    {
        var placement = PlacementRules.Place(labels, poolPlatform: null, Options());

        Assert.Equal(image, placement.Image);
        Assert.Equal(selector, placement.NodeSelector.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(resources, placement.Requests.Keys.Union(placement.Limits.Keys).Order(StringComparer.Ordinal)
            .Select(name => $"{name}={placement.Requests.GetValueOrDefault(name, "-")}/{placement.Limits.GetValueOrDefault(name, "-")}"));
    }

    [Theory, MemberData(nameof(Refusals))]
    public void Labels_that_cannot_be_honoured_are_named(string[] labels, string message)
    {
        var error = Assert.Throws<WorkflowException>(() => PlacementRules.Place(labels, poolPlatform: null, Options()));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Trace_says_how_each_label_was_used()
    {
        var placement = PlacementRules.Place(["self-hosted", "big", "x64", "spot", "cpu=2"], poolPlatform: null, Options());

        Assert.Equal(
        [
            "self-hosted: no constraint",
            "big: platform, image registry.example/big:2",
            "x64: node kubernetes.io/arch=amd64",
            "spot: node capacity=spot",
            "cpu=2: cpu 2",
        ],
            placement.Trace.Select(use => $"{use.Label}: {use.Effect}"));
    }

    [Fact]
    public void Platform_of_the_pool_serves_where_the_labels_name_none()
    {
        var placement = PlacementRules.Place(["linux"], poolPlatform: "big", Options());

        Assert.Equal("big", placement.Platform);
        Assert.Equal("registry.example/big:2", placement.Image);
    }

    [Fact]
    public void Platform_of_the_pool_that_is_not_configured_is_an_error()
    {
        var error = Assert.Throws<WorkflowException>(() => PlacementRules.Place([], poolPlatform: "huge", Options()));

        Assert.Equal("The pool's platform 'huge' is not configured. Configured platforms: big, small.", error.Message);
    }

    [Fact]
    public void Windows_without_an_image_is_an_error()
    {
        var options = Options() with { DefaultWindowsImage = null };

        var error = Assert.Throws<WorkflowException>(() => PlacementRules.Place(["windows"], poolPlatform: null, options));

        Assert.Equal(
            "runs-on: 'windows' asks for Windows, for which no image is configured (kubernetes.defaultWindowsImage). Configured platforms: big, small.",
            error.Message);
    }

    [Fact]
    public void Gpus_and_Windows_tolerate_the_taints_of_their_nodes()
    {
        var gpu = PlacementRules.Place(["gpu", "gpu=1"], poolPlatform: null, Options());
        var windows = PlacementRules.Place(["windows"], poolPlatform: null, Options());

        Assert.Equal(("nvidia.com/gpu", "Exists"), (Assert.Single(gpu.Tolerations).Key, gpu.Tolerations[0].OperatorProperty));
        Assert.Equal(("os", "windows", "NoSchedule"), (Assert.Single(windows.Tolerations).Key, windows.Tolerations[0].Value, windows.Tolerations[0].Effect));
    }

    [Fact]
    public void Defaults_give_way_to_the_platform_and_both_to_labels()
    {
        var options = Options();
        options.DefaultResources = new ResourceOptions
        {
            Requests = new Dictionary<string, string> { ["cpu"] = "1", ["memory"] = "2Gi" },
            Limits = new Dictionary<string, string> { ["memory"] = "2Gi" },
        };

        var platform = PlacementRules.Place(["big"], poolPlatform: null, options);
        var label = PlacementRules.Place(["big", "memory=4Gi"], poolPlatform: null, options);

        Assert.Equal(("16", "2Gi", "64Gi"), (platform.Requests["cpu"], platform.Requests["memory"], platform.Limits["memory"]));
        Assert.Equal(("4Gi", "4Gi"), (label.Requests["memory"], label.Limits["memory"]));
    }

    private static KubernetesOptions Options() => SomeKubernetes.Options() with
    {
        DefaultWindowsImage = "registry.example/win:{version}",
        LabelMap = new Dictionary<string, string>
        {
            ["spot"] = "capacity=spot",
            ["anything"] = string.Empty,
            ["disk-hdd"] = "disk=hdd",
        },
        Platforms = new Dictionary<string, PlatformOptions>
        {
            ["big"] = new()
            {
                Image = "registry.example/big:2",
                NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" },
                Tolerations = [],
                Resources = new ResourceOptions
                {
                    Requests = new Dictionary<string, string> { ["cpu"] = "16" },
                    Limits = new Dictionary<string, string> { ["memory"] = "64Gi" },
                },
            },
            ["small"] = new()
            {
                Image = "registry.example/small:1",
                Resources = new ResourceOptions
                {
                    Requests = new Dictionary<string, string> { ["cpu"] = "4" },
                    Limits = new Dictionary<string, string> { ["cpu"] = "2" },
                },
            },
        },
    };
}
