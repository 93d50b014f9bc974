using System.Collections.Immutable;
using k8s.Models;
using Runner.Jobs.Launch;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;

namespace Runner.Kubernetes.Spec;

/// <summary>The operator's job hooks in a pod: scripts of a ConfigMap, and the variables that name them. Pure.</summary>
internal static class PodHooks
{
    private const string VolumeName = "hooks";
    private const int ReadableAndExecutable = 0b101_101_101;

    /// <summary>Further volumes of the pod.</summary>
    public static IEnumerable<V1Volume> Volumes(HookOptions hooks) => hooks.ConfigMap is not { } configMap
        ? []
        :
        [
            new V1Volume
            {
                Name = VolumeName,
                // Optional: a pod would wait for a missing ConfigMap until its start is given up. So the job fails at once, naming the script.
                ConfigMap = new V1ConfigMapVolumeSource { Name = configMap, DefaultMode = ReadableAndExecutable, Optional = true },
            },
        ];

    /// <summary>Further folders of the job container.</summary>
    public static IEnumerable<V1VolumeMount> JobMounts(HookOptions hooks) =>
        hooks.ConfigMap is null ? [] : [new V1VolumeMount { Name = VolumeName, MountPath = PodPaths.Hooks, ReadOnlyProperty = true }];

    /// <summary>Variables that the operator gives the worker: those that name hooks, under those of the platform.</summary>
    public static ImmutableSortedDictionary<string, string> Environment(HookOptions hooks, PodPlacement placement)
    {
        var named = new Dictionary<string, string?> { [HookVariables.Started] = hooks.JobStarted, [HookVariables.Completed] = hooks.JobCompleted };
        return placement.Environment.AddRange(
            from hook in named
            where hook.Value is not null && !placement.Environment.ContainsKey(hook.Key)
            select KeyValuePair.Create(hook.Key, $"{PodPaths.Hooks}/{hook.Value}"));
    }

    /// <summary>Whether one of the hooks that these variables name is JavaScript.</summary>
    public static bool NeedNode(IEnumerable<KeyValuePair<string, string>> environment) => environment.Any(
        variable => HookVariables.Contains(variable.Key) && variable.Value.EndsWith(".js", StringComparison.OrdinalIgnoreCase));
}
