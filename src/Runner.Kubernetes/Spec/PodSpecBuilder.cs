using System.Collections.Immutable;
using System.Globalization;
using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Security;
using Runner.Kubernetes.Templates;

namespace Runner.Kubernetes.Spec;

/// <summary>Makes the pod of a job: one pod with the job's own container, and its services beside it. Pure.</summary>
/// <remarks>
/// The set-up container brings the worker and moves the payload from its Secret to memory; the job container runs the worker, which
/// reads the payload once and removes it. Nothing secret stands in the pod: not in its spec, its environment or its annotations.
/// Last of all the whole pod is kept within the operator's Pod Security Standard (<see cref="PodSecurityClamp"/>), whoever asked for more.
/// </remarks>
internal sealed class PodSpecBuilder(KubernetesOptions options)
{
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
            new PodOptionMapping(job, "container", launch, options.Storage, volumes, warnings).Apply(container);
            PodResources.Settle(job, isGuaranteed: false);
        }

        if (features.HasEphemeralContainers && LinkNeeds.MayRunContainers(launch))
        {
            volumes.AddRange(ActionVolumes.Volumes(options.Storage));
            job.VolumeMounts = [.. job.VolumeMounts, .. ActionVolumes.JobMounts()];
        }

        var services = new ServicePods(options, launch, volumes, isGuaranteed: PodResources.AreGuaranteed(job), warnings);
        var beside = services.Build(secretName: name);
        var otherNames = services.OtherNames();
        foreach (var named in beside.Append(job))
        {
            PodHosts.Mount(named, otherNames);
        }

        var pod = new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = Metadata(launch, placement, name, owner),
            Spec = new V1PodSpec
            {
                RestartPolicy = "Never",
                ActiveDeadlineSeconds = (long)options.MaxJobTime.TotalSeconds,
                TerminationGracePeriodSeconds = (long)options.TerminationGrace.TotalSeconds,
                AutomountServiceAccountToken = false,
                EnableServiceLinks = false,
                ServiceAccountName = placement.ServiceAccount,
                ImagePullSecrets = PullSecrets(launch, name),
                SecurityContext = SecurityContexts.OfPod(options, placement),
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
                InitContainers = [Setup(placement, externals, otherNames)],
                Containers = [.. beside, job],
                Volumes = volumes,
            },
        };
        if (placement.PodTemplate is { } template)
        {
            pod = PodTemplates.Under(template, pod);
        }

        return JobSecurity.Within(placement.PodSecurityLevel, pod, launch, PodVolumes.OperatorsOwn(options, placement.PodTemplate), warnings);
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

        var annotations = new SortedDictionary<string, string>(PodLabels.Unmovable.ToDictionary(), StringComparer.Ordinal);
        foreach (var (key, value) in placement.Annotations.Concat(PodLabels.AnnotationsOf(launch, owner)))
        {
            annotations[key] = value;
        }

        annotations[PodLabels.SecurityLevel] = placement.PodSecurityLevel.NameOf();
        return new V1ObjectMeta { Name = name, NamespaceProperty = options.Namespace, Labels = labels, Annotations = annotations };
    }

    private V1Container Setup(PodPlacement placement, PodExternals externals, IReadOnlyList<string> hostNames) => new()
    {
        Name = ContainerNames.Setup,
        Image = options.RunnerImage,
        ImagePullPolicy = options.ImagePullPolicy,
        Command =
        [
            PodPaths.ImageWorker, "setup",
            "--from", PodPaths.Secret,
            "--to", PodPaths.PayloadFolder,
            "--bin", PodPaths.Bin,
            .. externals.SetupArguments(),
            .. PodHosts.SetupArguments(hostNames),
        ],
        Resources = PodResources.OfSetup(options, placement),
        SecurityContext = options.Security.SecurityContext,
        TerminationMessagePolicy = "FallbackToLogsOnError",
        VolumeMounts = PodVolumes.SetupMounts(),
    };

    private V1Container Job(string image, PodPlacement placement, PodExternals externals) => new()
    {
        Name = ContainerNames.Job,
        Image = image,
        ImagePullPolicy = options.ImagePullPolicy,
        Command = [PodPaths.Worker, "job", "--payload", PodPaths.PayloadFile],
        WorkingDir = PodPaths.Workspace,
        Resources = PodResources.Of(placement.Requests, placement.Limits),
        SecurityContext = options.Security.SecurityContext,
        TerminationMessagePath = PodPaths.TerminationLog,
        TerminationMessagePolicy = "File",
        VolumeMounts = [.. PodVolumes.JobMounts(), .. externals.JobMounts(), .. PodHooks.JobMounts(options.Hooks)],
    };

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
