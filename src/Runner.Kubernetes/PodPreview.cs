using k8s;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Spec;

namespace Runner.Kubernetes;

/// <summary>For people: what a job's labels become and what its pod looks like. Pure; it needs no cluster.</summary>
public static class PodPreview
{
    /// <summary>The labels' meaning, a line each, what the pod cannot do of what the job asks for, and the pod as YAML. Nothing secret is in either.</summary>
    /// <param name="launch">The job.</param>
    /// <param name="options">Settings that passed <see cref="Validation.KubernetesOptionsRules.Validate"/>.</param>
    /// <param name="version">The cluster's version, such as <c>v1.33.2</c>; empty: one that can do everything.</param>
    /// <exception cref="WorkflowException">The labels contradict each other, or such a pod cannot be built.</exception>
    public static string Describe(JobLaunch launch, KubernetesOptions options, string version)
    {
        ArgumentNullException.ThrowIfNull(launch);
        ArgumentNullException.ThrowIfNull(options);
        return Describe(launch, options, ClusterFeatures.Of(version), owner: "nobody");
    }

    /// <summary>The same on a cluster that is known.</summary>
    internal static string Describe(JobLaunch launch, KubernetesOptions options, ClusterFeatures features, string owner)
    {
        var placement = PlacementRules.Place(launch.Labels, launch.Platform, options);
        var warnings = new List<string>();
        var pod = new PodSpecBuilder(options).Build(launch, placement, features, owner, warnings);
        return string.Join('\n', [
            $"{launch.Job.JobDisplayName}: labels {string.Join(", ", launch.Labels)}",
            .. placement.Describe().Select(line => $"  {line}"),
            .. warnings.Select(warning => $"  warning: {warning}"),
            KubernetesYaml.Serialize(pod),
        ]);
    }
}
