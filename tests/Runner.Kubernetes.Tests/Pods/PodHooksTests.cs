using Runner.Jobs.Containers;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Validation;

namespace Runner.Kubernetes.Tests.Pods;

public sealed class PodHooksTests
{
    private const string Started = "ACTIONS_RUNNER_HOOK_JOB_STARTED";

    [Fact]
    public void Scripts_of_the_ConfigMap_are_seen_read_only_and_named_to_the_worker()
    {
        var options = Options();
        var launch = SomeKubernetes.Launch();
        var placement = PlacementRules.Place(launch.Labels, launch.Platform, options);

        var pod = new PodSpecBuilder(options).Build(launch, placement, ClusterFeatures.Of("v1.20.2"), "agent-0/abc123", []);

        var volume = Assert.Single(pod.Spec.Volumes, volume => volume.ConfigMap is not null);
        Assert.Equal(("ci-hooks", 0b101_101_101), (volume.ConfigMap.Name, volume.ConfigMap.DefaultMode));
        Assert.Contains(pod.Spec.Containers[0].VolumeMounts, mount => mount is { MountPath: "/runner/hooks", ReadOnlyProperty: true } && mount.Name == volume.Name);
        Assert.DoesNotContain(pod.Spec.InitContainers[0].VolumeMounts, mount => mount.Name == volume.Name);
        Assert.Equal(
            ["ACTIONS_RUNNER_HOOK_JOB_COMPLETED=/runner/hooks/completed.js", "ACTIONS_RUNNER_HOOK_JOB_STARTED=/runner/hooks/started.sh"],
            PodHooks.Environment(options.Hooks, placement).Select(variable => $"{variable.Key}={variable.Value}"));
        Assert.Contains("--externals", pod.Spec.InitContainers[0].Command); // completed.js
    }

    [Fact]
    public void Platform_may_name_another_hook_and_a_workflow_may_not()
    {
        var options = Options();
        options.Platforms["big"] = new PlatformOptions { Image = "x", Env = new Dictionary<string, string> { [Started] = "/in/the/image.sh" } };
        var launch = SomeKubernetes.Launch(labels: ["big"]) with
        {
            Containers = new JobContainers { Job = new JobContainer { Image = "x", Environment = [new(Started, "/of/the/workflow.sh"), new("A", "1")] } },
        };

        var environment = PodHooks.Environment(options.Hooks, PlacementRules.Place(launch.Labels, launch.Platform, options));

        Assert.Equal("/in/the/image.sh", environment[Started]);
        Assert.Equal(["A"], launch.ContainerEnvironment.Select(variable => variable.Key));
    }

    [Fact]
    public void Mistakes_are_told()
    {
        var options = SomeKubernetes.Options();
        options.Hooks = new HookOptions { JobStarted = "started", JobCompleted = "completed.js" };

        Assert.Equal(
            [
                "kubernetes.hooks.jobStarted is 'started', but hooks.configMap, which should hold it, is not set",
                "kubernetes.hooks.jobStarted is 'started', expected a key of the ConfigMap that ends with .sh, .js, .ps1",
                "kubernetes.hooks.jobCompleted is 'completed.js', but hooks.configMap, which should hold it, is not set",
            ],
            options.Validate());
    }

    private static KubernetesOptions Options() => SomeKubernetes.Options() with
    {
        Hooks = new HookOptions { ConfigMap = "ci-hooks", JobStarted = "started.sh", JobCompleted = "completed.js" },
    };
}
