using k8s.Models;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Spec;

/// <summary>The volumes of a job pod and where each container sees them. Pure.</summary>
/// <remarks>
/// An <c>emptyDir</c> is open to every user of the pod (mode 777, kubelet), so an image with a user of its own can work in it. One in memory has mode
/// 1777: there users cannot remove each other's files.
/// </remarks>
internal static class PodVolumes
{
    private const string PayloadSize = "16Mi";
    private const string DefaultSize = "50Gi";

    public const string Secret = "payload-secret";
    private const string Payload = "payload";
    public const string Runner = "runner";
    public const string Temp = "temp";
    public const string Workspace = "workspace";
    public const string ToolCache = "tool-cache";
    private const string Home = "home";

    // Volumes of options, of services and of actions.
    private static readonly string[] Prefixes = ["memory-", "volume-", "named-", "github-"];

    /// <summary>Names that a template's own volumes cannot have.</summary>
    public static bool IsOurs(string name) =>
        name is Secret or Payload or Runner or Temp or Workspace or ToolCache or Home or "externals" or "hooks" || Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Whether another container of the operator's may see one of ours: what the job works with, and nothing of the worker's.</summary>
    public static bool MayBeShared(string name) => name is Temp or Workspace or ToolCache or Home;

    /// <summary>Whether a path in a job's container is one of ours, or below the worker's folder.</summary>
    public static bool IsPlaceOfOurs(string path) =>
        path.TrimEnd('/') is var place && (place == PodPaths.Runner || place.StartsWith(PodPaths.Runner + "/", StringComparison.Ordinal) || SetupMounts().Any(mount => mount.MountPath == place));

    /// <summary>Names of the volumes that are as the operator said, whatever they are: those on folders of the node, and those of the template.</summary>
    public static IReadOnlySet<string> OperatorsOwn(KubernetesOptions options, V1PodTemplateSpec? template) =>
        Of(options, secretName: string.Empty).Where(volume => volume.HostPath is not null).Concat(template?.Spec?.Volumes ?? [])
            .Select(volume => volume.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>Volumes of the pod.</summary>
    public static List<V1Volume> Of(KubernetesOptions options, string secretName) =>
    [
        new V1Volume
        {
            Name = Secret,
            Secret = new V1SecretVolumeSource
            {
                SecretName = secretName,
                // Readable by any user: the set-up container need not be root, and no other container mounts it.
                DefaultMode = 0b100_100_100,
                Items = [new V1KeyToPath { Key = PodPaths.PayloadKey, Path = PodPaths.PayloadKey }],
            },
        },
        new V1Volume
        {
            Name = Payload,
            EmptyDir = new V1EmptyDirVolumeSource { Medium = "Memory", SizeLimit = new ResourceQuantity(PayloadSize) },
        },
        Empty(Runner, options.Storage.RunnerSize),
        Empty(Temp, options.Storage.TempSize),
        Make(Workspace, options.Storage.Workspace, options),
        Make(ToolCache, options.Storage.ToolCache, options),
        Empty(Home, options.Storage.HomeSize),
    ];

    /// <summary>An empty folder of the node, for as long as the pod is there.</summary>
    /// <param name="name">Name of the volume.</param>
    /// <param name="limit">What it may hold: a quantity.</param>
    public static V1Volume Empty(string name, string limit) =>
        new() { Name = name, EmptyDir = new V1EmptyDirVolumeSource { SizeLimit = new ResourceQuantity(limit) } };

    /// <summary>What the set-up container sees.</summary>
    public static IList<V1VolumeMount> SetupMounts() =>
    [
        new V1VolumeMount { Name = Secret, MountPath = PodPaths.Secret, ReadOnlyProperty = true },
        .. JobMounts(),
    ];

    /// <summary>What the job container sees.</summary>
    public static IList<V1VolumeMount> JobMounts() =>
    [
        new V1VolumeMount { Name = Runner, MountPath = PodPaths.Runner },
        new V1VolumeMount { Name = Payload, MountPath = PodPaths.Payload },
        new V1VolumeMount { Name = Temp, MountPath = PodPaths.Temp },
        new V1VolumeMount { Name = Workspace, MountPath = PodPaths.Workspace },
        new V1VolumeMount { Name = ToolCache, MountPath = PodPaths.ToolCache },
        new V1VolumeMount { Name = Home, MountPath = PodPaths.Home },
    ];

    private static V1Volume Make(string name, VolumeOptions volume, KubernetesOptions options) => volume.Type switch
    {
        "emptyDir" or "none" => Empty(name, volume.Size ?? DefaultSize),
        "pvc" => new V1Volume
        {
            Name = name,
            PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = volume.ClaimName },
        },
        "hostPath" => new V1Volume
        {
            Name = name,
            HostPath = new V1HostPathVolumeSource { Path = volume.Path, Type = "DirectoryOrCreate" },
        },
        "ephemeral" => new V1Volume
        {
            Name = name,
            Ephemeral = new V1EphemeralVolumeSource
            {
                VolumeClaimTemplate = new V1PersistentVolumeClaimTemplate
                {
                    Spec = new V1PersistentVolumeClaimSpec
                    {
                        AccessModes = volume.AccessModes.Count > 0 ? volume.AccessModes : ["ReadWriteOnce"],
                        StorageClassName = volume.StorageClass ?? options.StorageClass,
                        Resources = new V1VolumeResourceRequirements
                        {
                            Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new(volume.Size ?? "10Gi") },
                        },
                    },
                },
            },
        },
        var other => throw new InvalidOperationException($"Volume type '{other}' passed the validation of the settings"),
    };
}
