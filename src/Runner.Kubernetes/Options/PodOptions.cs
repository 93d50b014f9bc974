using System.ComponentModel.DataAnnotations;
using k8s.Models;

namespace Runner.Kubernetes.Options;

/// <summary>Volumes of a job.</summary>
public sealed record StorageOptions
{
    /// <summary>Where the job works. Default: an <c>emptyDir</c>.</summary>
    public VolumeOptions Workspace { get; set; } = new() { Type = "emptyDir" };

    /// <summary>The tool cache. Default <c>none</c>: each job has an empty one.</summary>
    public VolumeOptions ToolCache { get; set; } = new() { Type = "none" };

    /// <summary>Limit of the folder for temporary files, and of each of those that container actions see. Default 50Gi. A pod that exceeds a limit is evicted.</summary>
    [RegularExpression(Quantity.Form)]
    public string TempSize { get; set; } = "50Gi";

    /// <summary>Limit of the home folder. Default 50Gi.</summary>
    [RegularExpression(Quantity.Form)]
    public string HomeSize { get; set; } = "50Gi";

    /// <summary>Limit of the worker's folder: Node.js, actions and logs that are not sent yet. Default 20Gi.</summary>
    [RegularExpression(Quantity.Form)]
    public string RunnerSize { get; set; } = "20Gi";

    /// <summary>Limit of each volume of <c>container.volumes</c> and <c>services.….volumes</c>. Default 50Gi.</summary>
    [RegularExpression(Quantity.Form)]
    public string VolumeSize { get; set; } = "50Gi";

    /// <summary>Size of each <c>--tmpfs</c> that gives none. Default 2Gi; what is in it counts to its container's memory.</summary>
    [RegularExpression(Quantity.Form)]
    public string MemorySize { get; set; } = "2Gi";
}

/// <summary>One volume.</summary>
public sealed record VolumeOptions
{
    /// <summary>
    /// <c>emptyDir</c>, <c>none</c> (the same), <c>ephemeral</c> (a claim per pod), <c>pvc</c> (an existing claim), <c>hostPath</c>.
    /// </summary>
    [AllowedValues("emptyDir", "none", "ephemeral", "pvc", "hostPath")]
    public string Type { get; set; } = "emptyDir";

    /// <summary>Size: the limit of an <c>emptyDir</c> (default 50Gi), the request of an <c>ephemeral</c> claim (which needs one).</summary>
    [RegularExpression(Quantity.Form)]
    public string? Size { get; set; }

    /// <summary>Storage class of an <c>ephemeral</c> claim; default <see cref="KubernetesOptions.StorageClass"/>.</summary>
    public string? StorageClass { get; set; }

    /// <summary>Access modes of an <c>ephemeral</c> claim. Default <c>ReadWriteOnce</c>.</summary>
    [AllowedValues("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")]
    public IList<string> AccessModes { get; set; } = [];

    /// <summary>Name of an existing claim (<c>pvc</c>).</summary>
    public string? ClaimName { get; set; }

    /// <summary>Folder of the node (<c>hostPath</c>).</summary>
    public string? Path { get; set; }
}

/// <summary>Scripts of the operator's around every job: <c>.sh</c>, <c>.js</c> or <c>.ps1</c>. A platform's <c>env</c> may name others.</summary>
public sealed record HookOptions
{
    /// <summary>ConfigMap of the jobs' namespace that holds the scripts; job containers see it read-only in <c>/runner/hooks</c>.</summary>
    public string? ConfigMap { get; set; }

    /// <summary>Key of the script that runs before the first step.</summary>
    public string? JobStarted { get; set; }

    /// <summary>Key of the script that runs after the last step, also after a failure.</summary>
    public string? JobCompleted { get; set; }
}

/// <summary>Network settings of a job pod.</summary>
public sealed record NetworkingOptions
{
    /// <summary>DNS policy of the pod, or <c>null</c>: the cluster's default.</summary>
    [AllowedValues("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")]
    public string? DnsPolicy { get; set; }

    /// <summary>DNS settings of the pod.</summary>
    public V1PodDNSConfig? DnsConfig { get; set; }

    /// <summary>Whether jobs share the node's network. Default false.</summary>
    public bool HostNetwork { get; set; }
}

/// <summary>Security settings of a job pod.</summary>
public sealed record SecurityOptions
{
    /// <summary>Security context of the pod; the seccomp profile is <c>RuntimeDefault</c> where it names none.</summary>
    public V1PodSecurityContext? PodSecurityContext { get; set; }

    /// <summary>Security context of the pod's containers.</summary>
    public V1SecurityContext? SecurityContext { get; set; }

    /// <summary>
    /// The Pod Security Standard that no workflow gets beyond, whatever its containers' <c>options</c> say: <c>baseline</c> (default),
    /// <c>restricted</c> (no root, no capabilities, no privilege escalation: the image must have a user with a number) or <c>privileged</c> (no bounds).
    /// </summary>
    [AllowedValues("baseline", "restricted", "privileged")]
    public string PodSecurityStandard { get; set; } = "baseline";
}

/// <summary>What stays of a job when it is over. Its Secret never does.</summary>
public sealed record CleanupOptions
{
    /// <summary>How many pods of successful jobs are kept for a look: the last ones of the installation. Default 0.</summary>
    [Range(0, int.MaxValue)]
    public int SuccessfulJobsHistoryLimit { get; set; }

    /// <summary>The same for failed ones. Default 0.</summary>
    [Range(0, int.MaxValue)]
    public int FailedJobsHistoryLimit { get; set; }

    /// <summary>How many seconds a pod is kept at most. Default 3600.</summary>
    [Range(0, int.MaxValue)]
    public int TtlSecondsAfterFinished { get; set; } = 3600;

    /// <summary>Whether pods that are not kept are removed: always, so that <c>false</c> is a mistake.</summary>
    public bool AutoCleanup { get; set; } = true;
}

/// <summary>When a pod that does not start is given up.</summary>
public sealed record StartOptions
{
    /// <summary>How long image pulls and container creation may fail and be tried again. Default 30 s.</summary>
    public TimeSpan ImagePullGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a pod may wait for a node, counted from its creation; an autoscaler needs minutes. Default 15 min.</summary>
    public TimeSpan SchedulingDeadline { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a pod may take from its node to the worker's start, pulls of large images included. Default 30 min.</summary>
    public TimeSpan StartDeadline { get; set; } = TimeSpan.FromMinutes(30);
}
