using System.ComponentModel.DataAnnotations;
using k8s.Models;

namespace Runner.Kubernetes.Options;

/// <summary>Settings of the Kubernetes backend, section <c>kubernetes</c>.</summary>
/// <remarks>Pieces of a pod spec (affinity, security contexts, …) are of Kubernetes' own types, and are written as in a manifest.</remarks>
public sealed record KubernetesOptions
{
    /// <summary>Name of the section.</summary>
    public const string SectionName = "kubernetes";

    /// <summary>Whether the backend may be used. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Path of a kubeconfig (<c>~</c> is the home folder). Default: in a pod the pod's own account, else <c>~/.kube/config</c>.
    /// </summary>
    public string? Kubeconfig { get; set; }

    /// <summary>Context of the kubeconfig. Default: its current one.</summary>
    public string? Context { get; set; }

    /// <summary>Namespace of the job pods. Default: that of the context or of the agent's own pod, else <c>default</c>.</summary>
    public string? Namespace { get; set; }

    /// <summary>
    /// Agents with the same value share their jobs: each adopts those of another that is gone. Default: made of <c>github.url</c>, and by the
    /// chart of the release as well, so that installations of one namespace keep apart.
    /// </summary>
    public string? Instance { get; set; }

    /// <summary>Image that holds <c>/runner-worker</c>, <c>/ca-certificates.crt</c> and, in <c>/externals</c>, Node.js; its container sets the pod up. Required.</summary>
    public string RunnerImage { get; set; } = string.Empty;

    /// <summary>
    /// Image of jobs whose labels name no platform. <c>{version}</c> in it is the version of an <c>ubuntu-*</c> label, such as
    /// <c>24.04</c>, else <c>latest</c>. Required.
    /// </summary>
    public string DefaultImage { get; set; } = string.Empty;

    /// <summary>The same for Windows jobs; <c>null</c>: a job that asks for Windows needs a platform.</summary>
    public string? DefaultWindowsImage { get; set; }

    /// <summary><c>Always</c>, <c>IfNotPresent</c> (default) or <c>Never</c>.</summary>
    [AllowedValues("Always", "IfNotPresent", "Never")]
    public string ImagePullPolicy { get; set; } = "IfNotPresent";

    /// <summary>Service account of job pods. Its token is never mounted. Default: that of the namespace.</summary>
    public string? ServiceAccount { get; set; }

    /// <summary>Storage class where a claim names none. Default: that of the cluster.</summary>
    public string? StorageClass { get; set; }

    /// <summary>Names of Secrets with registry credentials.</summary>
    public IList<string> ImagePullSecrets { get; set; } = [];

    /// <summary>Resources of a job where neither platform nor label says otherwise.</summary>
    public ResourceOptions DefaultResources { get; set; } = new();

    /// <summary>
    /// Resources of each service. Default: a request of 100m CPU and 256Mi memory, and no limits. In a pod whose job has the same requests and limits
    /// for CPU and memory (Guaranteed) they get limits, too, lest it lose its class: 1 CPU and 1Gi where this says none, and requests as the limits.
    /// </summary>
    public ResourceOptions ServiceResources { get; set; } = new()
    {
        Requests = new Dictionary<string, string> { ["cpu"] = "100m", ["memory"] = "256Mi" },
    };

    /// <summary>
    /// Resources of the set-up container. Default: CPU, memory and <c>ephemeral-storage</c> of the job, which cost nothing, as both never run at once.
    /// The containers of container actions have none: Kubernetes gives none to containers that are added to a pod.
    /// </summary>
    public ResourceOptions SetupResources { get; set; } = new();

    /// <summary>Platforms by a label of <c>runs-on</c>, compared without regard to case.</summary>
    public IDictionary<string, PlatformOptions> Platforms { get; set; } = new Dictionary<string, PlatformOptions>();

    /// <summary>
    /// What a label, compared without regard to case, becomes on nodes: <c>spot: karpenter.sh/capacity-type=spot</c>. An empty value: no
    /// constraint.
    /// </summary>
    public IDictionary<string, string> LabelMap { get; set; } = new Dictionary<string, string>();

    /// <summary>Whether jobs of one run rather go to different nodes. Default false.</summary>
    public bool Spread { get; set; }

    /// <summary>Volumes of a job.</summary>
    public StorageOptions Storage { get; set; } = new();

    /// <summary>
    /// How the Node.js of JavaScript actions gets from the runner image into pods that may need it: <c>copy</c> (default; 110 MB of the node's
    /// disk for as long as the pod is there), <c>image</c> (mounted as an image volume; Kubernetes 1.33 and nodes that have it, such as those
    /// of 1.35 with containerd 2.1; older clusters copy), <c>toolCache</c> (copied once to a tool cache of type <c>pvc</c> or <c>hostPath</c>), <c>none</c>
    /// (not at all: the job's image must have it).
    /// </summary>
    [AllowedValues(ExternalsWay.Copy, ExternalsWay.Image, ExternalsWay.ToolCache, ExternalsWay.None)]
    public string Externals { get; set; } = ExternalsWay.Copy;

    /// <summary>
    /// What else the pods of jobs have, as a PodTemplateSpec, which is laid under what is made for a job by Kubernetes' own merge keys: volumes and their
    /// mounts, init containers, sidecars, <c>schedulerName</c>, <c>hostUsers</c>, claims. The job's container is <c>job</c> there, the one that sets the pod up
    /// <c>setup</c>, a service <c>service-NAME</c>, and <c>service-*</c> all of them.
    /// </summary>
    public V1PodTemplateSpec? PodTemplate { get; set; }

    /// <summary>Scripts of the operator's around every job.</summary>
    public HookOptions Hooks { get; set; } = new();

    /// <summary>
    /// Whether the log of a job is printed by its pod, too, masked and line by line, for what gathers the logs of containers in the cluster. Whoever may read
    /// <c>pods/log</c> in the namespace then reads it. Default false.
    /// </summary>
    public bool MirrorLogs { get; set; }

    /// <summary>Network settings of a job pod.</summary>
    public NetworkingOptions Networking { get; set; } = new();

    /// <summary>Security settings of a job pod.</summary>
    public SecurityOptions Security { get; set; } = new();

    /// <summary>What stays of a job when it is over.</summary>
    public CleanupOptions CleanupPolicy { get; set; } = new();

    /// <summary>When a pod that does not start is given up.</summary>
    public StartOptions Start { get; set; } = new();

    /// <summary>
    /// Time between a pod's deletion and its end: what a worker has for cancelling its steps and reporting. Default 5 min.
    /// </summary>
    public TimeSpan TerminationGrace { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a pod may run at most, services and set-up included: the cluster ends it then, whatever it does. Default 120 h, GitHub's own limit for a
    /// job of a self-hosted runner. A job's <c>timeout-minutes</c> is kept by its worker.
    /// </summary>
    public TimeSpan MaxJobTime { get; set; } = TimeSpan.FromHours(120);

    /// <summary>The instance that counts.</summary>
    internal string InstanceInUse => Instance ?? "runner";
}

/// <summary>A platform: what a label of <c>runs-on</c> stands for.</summary>
public sealed record PlatformOptions
{
    /// <summary>Image of the job container. Required.</summary>
    [Required]
    public string Image { get; set; } = string.Empty;

    /// <summary>Labels that a node must carry.</summary>
    public IDictionary<string, string> NodeSelector { get; set; } = new Dictionary<string, string>();

    /// <summary>Taints that are tolerated.</summary>
    public IList<V1Toleration> Tolerations { get; set; } = [];

    /// <summary>Affinity, as in a pod spec.</summary>
    public V1Affinity? Affinity { get; set; }

    /// <summary>Spread, as in a pod spec.</summary>
    public IList<V1TopologySpreadConstraint> TopologySpreadConstraints { get; set; } = [];

    /// <summary>Resources of the job container.</summary>
    public ResourceOptions Resources { get; set; } = new();

    /// <summary>Runtime class, such as <c>gvisor</c>.</summary>
    public string? RuntimeClass { get; set; }

    /// <summary>
    /// Security context of the pod, over <see cref="SecurityOptions.PodSecurityContext"/> field by field: what it does not say, that one does.
    /// </summary>
    public V1PodSecurityContext? SecurityContext { get; set; }

    /// <summary>
    /// The bounds of this platform's pods, over <see cref="SecurityOptions.PodSecurityStandard"/>. Default: those. Whoever may write
    /// <c>runs-on</c> may choose the platform.
    /// </summary>
    [AllowedValues("baseline", "restricted", "privileged")]
    public string? PodSecurityStandard { get; set; }

    /// <summary>Service account, over <see cref="KubernetesOptions.ServiceAccount"/>.</summary>
    public string? ServiceAccount { get; set; }

    /// <summary>A priority class's name, or a number.</summary>
    public string? Priority { get; set; }

    /// <summary>Further labels of the pod.</summary>
    public IDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    /// <summary>Further annotations of the pod.</summary>
    public IDictionary<string, string> Annotations { get; set; } = new Dictionary<string, string>();

    /// <summary>Variables that steps see, under those of the workflow.</summary>
    public IDictionary<string, string> Env { get; set; } = new Dictionary<string, string>();

    /// <summary>What else the pods of this platform have, over <see cref="KubernetesOptions.PodTemplate"/> by the same rules.</summary>
    public V1PodTemplateSpec? PodTemplate { get; set; }
}

/// <summary>
/// Requests and limits by resource name: <c>cpu</c>, <c>memory</c>, <c>nvidia.com/gpu</c>, …; quantities as Kubernetes writes them.
/// </summary>
public sealed record ResourceOptions
{
    /// <summary>What a node must have free.</summary>
    [RegularExpression(Quantity.Form)]
    public IDictionary<string, string> Requests { get; set; } = new Dictionary<string, string>();

    /// <summary>What the job may use at most.</summary>
    [RegularExpression(Quantity.Form)]
    public IDictionary<string, string> Limits { get; set; } = new Dictionary<string, string>();
}
