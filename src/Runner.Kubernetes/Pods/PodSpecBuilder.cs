using System.Collections.Immutable;
using System.Globalization;
using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Link;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;

namespace Runner.Kubernetes.Pods;

/// <summary>Makes the pod of a job: one pod with the job's own container, and its services as sidecars. Pure.</summary>
/// <remarks>
/// The set-up container brings the worker and moves the payload from its Secret to memory; the job container runs the worker, which
/// reads the payload once and removes it. Nothing secret stands in the pod: not in its spec, its environment or its annotations.
/// </remarks>
internal sealed class PodSpecBuilder(KubernetesOptions options)
{
    public const string JobContainerName = "job";
    public const string SetupContainerName = "setup";

    /// <summary>The pod of a launch.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="placement">Where and as what it runs.</param>
    /// <param name="features">What the cluster can do.</param>
    /// <param name="owner">The agent that watches it.</param>
    /// <param name="warnings">Gets what of the job's containers has no effect in a pod, a line each.</param>
    /// <exception cref="WorkflowException">Such a pod cannot be built.</exception>
    public V1Pod Build(JobLaunch launch, PodPlacement placement, ClusterFeatures features, string owner, ICollection<string> warnings)
    {
        if (placement.IsWindows)
        {
            throw new WorkflowException("runs-on: this version does not run Windows pods yet");
        }

        var name = PodNames.For(launch);
        var externals = PodExternals.For(options, launch, placement, features, warnings);
        List<V1Volume> volumes = [.. PodVolumes.Of(options, secretName: name), .. externals.Volumes(), .. PodHooks.Volumes(options.Hooks)];
        var job = Job(ImageOf(launch, placement), placement, externals);
        if (launch.Containers.Job is { } container)
        {
            new PodOptionMapping(job, "container", volumes, warnings).Apply(container);
        }

        if (features.HasEphemeralContainers && PodLink.MayRunContainers(launch))
        {
            volumes.AddRange(ActionVolumes.Volumes());
            job.VolumeMounts = [.. job.VolumeMounts, .. ActionVolumes.JobMounts()];
        }

        var services = new ServicePods(options, ContainerSecurity(options), launch, volumes, warnings);
        var sidecars = services.Build(secretName: name);
        return new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = Metadata(launch, placement, name, owner),
            Spec = new V1PodSpec
            {
                RestartPolicy = "Never",
                TerminationGracePeriodSeconds = (long)options.TerminationGrace.TotalSeconds,
                AutomountServiceAccountToken = false,
                EnableServiceLinks = false,
                ServiceAccountName = placement.ServiceAccount,
                ImagePullSecrets = PullSecrets(launch, name),
                SecurityContext = PodSecurity(placement),
                NodeSelector = NullIfEmpty(placement.NodeSelector),
                Affinity = Affinity(launch, placement),
                Tolerations = NullIfEmpty(placement.Tolerations),
                TopologySpreadConstraints = NullIfEmpty(placement.TopologySpread),
                RuntimeClassName = placement.RuntimeClass,
                PriorityClassName = PriorityNumber(placement) is null ? placement.Priority : null,
                Priority = PriorityNumber(placement),
                HostNetwork = options.Networking.HostNetwork ? true : null,
                DnsPolicy = options.Networking.DnsPolicy,
                DnsConfig = options.Networking.DnsConfig,
                HostAliases = services.Aliases(),
                InitContainers = [Setup(placement, externals), .. features.HasNativeSidecars ? sidecars : []],
                Containers = [.. features.HasNativeSidecars ? [] : PlainServices.Of(sidecars), job],
                Volumes = volumes,
            },
        };
    }

    private static string ImageOf(JobLaunch launch, PodPlacement placement) => (launch.Containers.Job?.Image ?? placement.Image) is { Length: > 0 } image
        ? image
        : throw new WorkflowException(
            $"runs-on: no image is known for '{string.Join(", ", launch.Labels)}'; name one with -P {launch.Labels.FirstOrDefault() ?? "LABEL"}=IMAGE or kubernetes.defaultImage");

    // The job's own Secret first: where the settings name one for the same registry, both are tried.
    private List<V1LocalObjectReference>? PullSecrets(JobLaunch launch, string secretName) => NullIfEmpty(
        options.ImagePullSecrets.Prepend(RegistryLogins.AreIn(launch.Containers) ? secretName : null)
            .OfType<string>()
            .Select(secret => new V1LocalObjectReference { Name = secret }));

    private V1ObjectMeta Metadata(JobLaunch launch, PodPlacement placement, string name, string owner)
    {
        var labels = new SortedDictionary<string, string>(placement.Labels, StringComparer.Ordinal);
        foreach (var (key, value) in PodLabels.LabelsOf(launch, options.InstanceInUse))
        {
            labels[key] = value;
        }

        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            // A job cannot be moved to another node: autoscalers must not try.
            ["cluster-autoscaler.kubernetes.io/safe-to-evict"] = "false",
            ["karpenter.sh/do-not-disrupt"] = "true",
        };
        foreach (var (key, value) in placement.Annotations.Concat(PodLabels.AnnotationsOf(launch, owner)))
        {
            annotations[key] = value;
        }

        return new V1ObjectMeta { Name = name, NamespaceProperty = options.Namespace, Labels = labels, Annotations = annotations };
    }

    private V1Container Setup(PodPlacement placement, PodExternals externals) => new()
    {
        Name = SetupContainerName,
        Image = options.RunnerImage,
        ImagePullPolicy = options.ImagePullPolicy,
        Command =
        [
            PodPaths.ImageWorker, "setup",
            "--from", PodPaths.Secret,
            "--to", PodPaths.Payload,
            "--bin", PodPaths.Bin,
            .. externals.SetupArguments(),
        ],
        // The same as the job's, of which it needs a part: the pod's request stays that of the job, and so does its class of service.
        Resources = Resources(placement, isSetup: true),
        SecurityContext = ContainerSecurity(options),
        TerminationMessagePolicy = "FallbackToLogsOnError",
        VolumeMounts = PodVolumes.SetupMounts(),
    };

    private V1Container Job(string image, PodPlacement placement, PodExternals externals) => new()
    {
        Name = JobContainerName,
        Image = image,
        ImagePullPolicy = options.ImagePullPolicy,
        Command = [PodPaths.Worker, "job", "--payload", PodPaths.PayloadFile],
        WorkingDir = PodPaths.Workspace,
        Resources = Resources(placement, isSetup: false),
        SecurityContext = ContainerSecurity(options),
        TerminationMessagePath = PodPaths.TerminationLog,
        TerminationMessagePolicy = "File",
        VolumeMounts = [.. PodVolumes.JobMounts(), .. externals.JobMounts(), .. PodHooks.JobMounts(options.Hooks)],
    };

    private static V1ResourceRequirements? Resources(PodPlacement placement, bool isSetup)
    {
        var requests = Quantities(placement.Requests, isSetup);
        var limits = Quantities(placement.Limits, isSetup);
        return requests is null && limits is null ? null : new V1ResourceRequirements { Requests = requests, Limits = limits };
    }

    private static Dictionary<string, ResourceQuantity>? Quantities(ImmutableSortedDictionary<string, string> values, bool isSetup)
    {
        var taken = values
            .Where(value => !isSetup || value.Key is NodeLabels.Cpu or NodeLabels.Memory or "ephemeral-storage")
            .ToDictionary(value => value.Key, value => new ResourceQuantity(value.Value), StringComparer.Ordinal);
        return taken.Count == 0 ? null : taken;
    }

    private V1PodSecurityContext PodSecurity(PodPlacement placement)
    {
        var context = placement.SecurityContext ?? options.Security.PodSecurityContext ?? new V1PodSecurityContext();
        return context with
        {
            SeccompProfile = context.SeccompProfile ?? new V1SeccompProfile { Type = "RuntimeDefault" },
            RunAsNonRoot = context.RunAsNonRoot ?? (IsRestricted(options) ? true : null),
        };
    }

    /// <summary>What the settings let any container of a job be.</summary>
    internal static V1SecurityContext? ContainerSecurity(KubernetesOptions options)
    {
        if (!IsRestricted(options))
        {
            return options.Security.SecurityContext;
        }

        var context = options.Security.SecurityContext ?? new V1SecurityContext();
        return context with
        {
            AllowPrivilegeEscalation = false,
            Privileged = null,
            Capabilities = new V1Capabilities { Drop = ["ALL"] },
        };
    }

    private static bool IsRestricted(KubernetesOptions options) => options.Security.PodSecurityStandard == "restricted";

    private V1Affinity? Affinity(JobLaunch launch, PodPlacement placement)
    {
        if (!options.Spread)
        {
            return placement.Affinity;
        }

        var runId = PodLabels.LabelsOf(launch, options.InstanceInUse)[PodLabels.RunId];
        var apart = new V1WeightedPodAffinityTerm
        {
            Weight = 100,
            PodAffinityTerm = new V1PodAffinityTerm
            {
                TopologyKey = "kubernetes.io/hostname",
                LabelSelector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { [PodLabels.RunId] = runId } },
            },
        };
        var affinity = placement.Affinity ?? new V1Affinity();
        var podAntiAffinity = affinity.PodAntiAffinity ?? new V1PodAntiAffinity();
        return affinity with
        {
            PodAntiAffinity = podAntiAffinity with
            {
                PreferredDuringSchedulingIgnoredDuringExecution =
                [
                    .. podAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution ?? [],
                    apart,
                ],
            },
        };
    }

    private static int? PriorityNumber(PodPlacement placement) =>
        int.TryParse(placement.Priority, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static List<T>? NullIfEmpty<T>(IEnumerable<T> items)
    {
        var list = items.ToList();
        return list.Count == 0 ? null : list;
    }

    private static Dictionary<string, string>? NullIfEmpty(ImmutableSortedDictionary<string, string> pairs) =>
        pairs.Count == 0 ? null : new Dictionary<string, string>(pairs, StringComparer.Ordinal);
}
