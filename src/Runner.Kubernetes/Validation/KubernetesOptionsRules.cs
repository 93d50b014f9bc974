using System.Globalization;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Security;

namespace Runner.Kubernetes.Validation;

/// <summary>The rules that settings of the Kubernetes backend must keep. Pure; what only the cluster knows is not asked here.</summary>
public static class KubernetesOptionsRules
{
    private static readonly string[] PullPolicies = ["Always", "IfNotPresent", "Never"];
    private static readonly string[] VolumeTypes = ["emptyDir", "none", "ephemeral", "pvc", "hostPath"];
    private static readonly string[] HookEndings = [".sh", ".js", ".ps1"];

    /// <summary>Every mistake in the settings, each naming its setting; empty where there is none.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="needsDefaultImage">
    /// Whether <see cref="KubernetesOptions.DefaultImage"/> is required. Default true; where it is not, a job that would need it fails and says so.
    /// </param>
    public static IReadOnlyList<string> Validate(this KubernetesOptions options, bool needsDefaultImage = true)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new List<string>();
        if (options.RunnerImage.Length == 0)
        {
            Add(errors, "runnerImage", "is not set, expected the image that brings runner-worker into the pods, as the Dockerfile of this project makes it");
        }

        if (needsDefaultImage)
        {
            Require(errors, "defaultImage", options.DefaultImage);
        }

        Choice(errors, "imagePullPolicy", options.ImagePullPolicy, PullPolicies);
        Choice(errors, "externals", options.Externals, ExternalsWay.All);
        if (options.Externals == ExternalsWay.ToolCache && options.Storage.ToolCache.Type is not ("pvc" or "hostPath"))
        {
            Add(errors, "externals", $"is 'toolCache', but storage.toolCache is of type '{options.Storage.ToolCache.Type}', which keeps nothing; expected pvc or hostPath");
        }

        Hooks(errors, options.Hooks);
        SecurityRules.Check(options, (name, problem) => Add(errors, name, problem));
        if (options.Instance is { } instance && (instance.Length == 0 || !LabelRules.IsValue(instance)))
        {
            Add(errors, "instance", $"is '{instance}', which is no Kubernetes label value ({LabelRules.ValueRule})");
        }

        Resources(errors, "defaultResources", options.DefaultResources);
        Resources(errors, "serviceResources", options.ServiceResources);
        Resources(errors, "setupResources", options.SetupResources);
        foreach (var (name, platform) in options.Platforms)
        {
            Require(errors, $"platforms.{name}.image", platform.Image);
            Resources(errors, $"platforms.{name}.resources", platform.Resources);
        }

        foreach (var (label, target) in options.LabelMap)
        {
            if (target.Length > 0 && !LabelRules.TrySplit(target, out _, out _))
            {
                Add(errors, $"labelMap.{label}", $"is '{target}', expected a node label such as 'node-type=self-hosted', or nothing");
            }
        }

        Volume(errors, "storage.workspace", options.Storage.Workspace);
        Volume(errors, "storage.toolCache", options.Storage.ToolCache);
        Sizes(errors, options.Storage);
        Positive(errors, "terminationGrace", options.TerminationGrace);
        Positive(errors, "maxJobTime", options.MaxJobTime);
        Positive(errors, "start.imagePullGrace", options.Start.ImagePullGrace);
        Positive(errors, "start.schedulingDeadline", options.Start.SchedulingDeadline);
        Positive(errors, "start.startDeadline", options.Start.StartDeadline);
        NotNegative(errors, "cleanupPolicy.ttlSecondsAfterFinished", options.CleanupPolicy.TtlSecondsAfterFinished);
        if (!options.CleanupPolicy.AutoCleanup)
        {
            Add(errors, "cleanupPolicy.autoCleanup", "is false, but pods of jobs that are over are always removed; say how many are kept by successfulJobsHistoryLimit and failedJobsHistoryLimit");
        }

        NotNegative(errors, "cleanupPolicy.successfulJobsHistoryLimit", options.CleanupPolicy.SuccessfulJobsHistoryLimit);
        NotNegative(errors, "cleanupPolicy.failedJobsHistoryLimit", options.CleanupPolicy.FailedJobsHistoryLimit);
        foreach (var (name, problem) in NamingRules.Check(options).Concat(PodTemplateRules.Check(options)))
        {
            Add(errors, name, problem);
        }

        if (errors.Count == 0)
        {
            Places(errors, options);
        }

        return errors;
    }

    // What a platform and the defaults say together.
    private static void Places(List<string> errors, KubernetesOptions options)
    {
        foreach (var name in options.Platforms.Keys)
        {
            try
            {
                PlacementRules.Place([name], poolPlatform: null, options);
            }
            catch (WorkflowException error)
            {
                Add(errors, $"platforms.{name}.resources", error.Message);
            }
        }
    }

    private static void Hooks(List<string> errors, HookOptions hooks)
    {
        foreach (var (name, script) in new[] { ("jobStarted", hooks.JobStarted), ("jobCompleted", hooks.JobCompleted) })
        {
            if (script is null)
            {
                continue;
            }

            if (hooks.ConfigMap is null)
            {
                Add(errors, $"hooks.{name}", $"is '{script}', but hooks.configMap, which should hold it, is not set");
            }

            if (!HookEndings.Contains(Path.GetExtension(script), StringComparer.OrdinalIgnoreCase) || script.Contains('/', StringComparison.Ordinal))
            {
                Add(errors, $"hooks.{name}", $"is '{script}', expected a key of the ConfigMap that ends with {string.Join(", ", HookEndings)}");
            }
        }
    }

    private static void Volume(List<string> errors, string name, VolumeOptions volume)
    {
        Choice(errors, $"{name}.type", volume.Type, VolumeTypes);
        if (volume.Size is { } size && !Quantity.TryParse(size, out _))
        {
            Add(errors, $"{name}.size", $"is '{size}', expected a quantity such as 10Gi");
        }

        switch (volume.Type)
        {
            case "pvc" when string.IsNullOrEmpty(volume.ClaimName):
                Add(errors, $"{name}.claimName", "is not set, which type pvc needs");
                break;
            case "hostPath" when string.IsNullOrEmpty(volume.Path):
                Add(errors, $"{name}.path", "is not set, which type hostPath needs");
                break;
            case "ephemeral" when string.IsNullOrEmpty(volume.Size):
                Add(errors, $"{name}.size", "is not set, which type ephemeral needs");
                break;
        }
    }

    private static void Sizes(List<string> errors, StorageOptions storage)
    {
        var sizes = new[]
        {
            ("tempSize", storage.TempSize), ("homeSize", storage.HomeSize), ("runnerSize", storage.RunnerSize), ("volumeSize", storage.VolumeSize),
            ("memorySize", storage.MemorySize),
        };
        foreach (var (name, size) in sizes)
        {
            if (!Quantity.TryParse(size, out var bytes) || bytes < 1)
            {
                Add(errors, $"storage.{name}", $"is '{size}', expected a quantity such as 10Gi");
            }
        }
    }

    private static void Resources(List<string> errors, string name, ResourceOptions resources)
    {
        foreach (var (kind, values) in new[] { ("requests", resources.Requests), ("limits", resources.Limits) })
        {
            foreach (var (resource, text) in values)
            {
                if (!Quantity.TryParse(text, out _))
                {
                    Add(errors, $"{name}.{kind}.{resource}", $"is '{text}', expected a quantity such as {Quantity.Example(resource)}");
                }
            }
        }
    }

    private static void Require(List<string> errors, string name, string value)
    {
        if (value.Length == 0)
        {
            Add(errors, name, "is not set");
        }
    }

    private static void Choice(List<string> errors, string name, string value, string[] allowed)
    {
        if (!allowed.Contains(value, StringComparer.Ordinal))
        {
            Add(errors, name, $"is '{value}', expected one of {string.Join(", ", allowed)}");
        }
    }

    private static void Positive(List<string> errors, string name, TimeSpan value)
    {
        if (value < TimeSpan.FromSeconds(1))
        {
            Add(errors, name, string.Create(CultureInfo.InvariantCulture, $"is {value}, expected a second at least"));
        }
    }

    private static void NotNegative(List<string> errors, string name, int value)
    {
        if (value < 0)
        {
            Add(errors, name, string.Create(CultureInfo.InvariantCulture, $"is {value}, expected 0 or more"));
        }
    }

    private static void Add(List<string> errors, string name, string problem) =>
        errors.Add($"{KubernetesOptions.SectionName}.{name} {problem}");
}
