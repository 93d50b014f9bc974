using System.ComponentModel.DataAnnotations;
using Runner.Kubernetes.Options;

namespace Runner.Agent.Configuration;

/// <summary>All settings of the agent: the one YAML file, with the environment and flags laid over it.</summary>
public sealed record AgentOptions
{
    /// <summary>Where jobs run: <c>host</c>, <c>docker</c> or <c>kubernetes</c>. Default: <c>kubernetes</c> where that section is written, else <c>host</c>.</summary>
    public BackendKind? Backend { get; set; }

    /// <summary>Where jobs come from. Required.</summary>
    public GitHubOptions Github { get; set; } = new();

    /// <summary>Which jobs are taken, and how many at a time. At least one.</summary>
    public IList<PoolOptions> Pools { get; set; } = [];

    /// <summary>Jobs as processes of this machine.</summary>
    public HostSectionOptions Host { get; set; } = new();

    /// <summary>Jobs as containers.</summary>
    public DockerSectionOptions Docker { get; set; } = new();

    /// <summary>Jobs as pods.</summary>
    public KubernetesOptions? Kubernetes { get; set; }

    /// <summary>Proxies and certificates.</summary>
    public NetworkOptions Network { get; set; } = new();

    /// <summary>Servers of artifacts and caches.</summary>
    public ServicesOptions Services { get; set; } = new();

    /// <summary>Metrics, health and logs.</summary>
    public MonitoringOptions Monitoring { get; set; } = new();

    /// <summary>The agent's own name and times.</summary>
    public SupervisionOptions Agent { get; set; } = new();

    /// <summary>The backend that is used.</summary>
    internal BackendKind BackendInUse => Backend ?? (Kubernetes is null ? BackendKind.Host : BackendKind.Kubernetes);
}

/// <summary>Kinds of backends.</summary>
public enum BackendKind
{
    /// <summary>Processes of this machine.</summary>
    Host,

    /// <summary>Containers of a Docker engine.</summary>
    Docker,

    /// <summary>Pods.</summary>
    Kubernetes,
}

/// <summary>Section <c>github</c>.</summary>
public sealed record GitHubOptions
{
    /// <summary>Organisation, repository or enterprise, such as <c>https://github.com/my-org</c>. Required.</summary>
    public string Url { get; set; } = string.Empty;

    /// <summary>How the agent proves who it is. Required.</summary>
    public GitHubAuthOptions Auth { get; set; } = new();

    /// <summary>Version announced to GitHub, which refuses old ones. Default: the newest this agent was made for.</summary>
    public string RunnerVersion { get; set; } = AnnouncedVersion.BuiltIn;

    /// <summary>Whether plain http is allowed to other machines. Default false; this machine is always allowed.</summary>
    public bool AllowInsecureHttp { get; set; }
}

/// <summary>Section <c>github.auth</c>: a token's file, or a GitHub App.</summary>
public sealed record GitHubAuthOptions
{
    /// <summary>File of a personal access token.</summary>
    public string? TokenFile { get; set; }

    /// <summary>The App's number or client id.</summary>
    public string? AppId { get; set; }

    /// <summary>File that holds <see cref="AppId"/>, as a mounted Secret gives it.</summary>
    public string? AppIdFile { get; set; }

    /// <summary>The App's installation. Default: the one at <see cref="GitHubOptions.Url"/>.</summary>
    public long? InstallationId { get; set; }

    /// <summary>File that holds <see cref="InstallationId"/>.</summary>
    public string? InstallationIdFile { get; set; }

    /// <summary>PEM file of the App's private key.</summary>
    public string? PrivateKeyFile { get; set; }
}

/// <summary>One item of <c>pools</c>.</summary>
public sealed record PoolOptions
{
    /// <summary>Name: the beginning of the names of its runners and of its scale set, and a label of metrics. Required.</summary>
    [Required]
    public string Name { get; set; } = string.Empty;

    /// <summary>Labels of its runners, as jobs ask for them by <c>runs-on</c>. At least one.</summary>
    [Required]
    public IList<string> Labels { get; set; } = [];

    /// <summary>How jobs are taken: <c>runners</c> that wait, or a <c>scaleset</c> that is assigned jobs. Default <c>runners</c>.</summary>
    public PoolMode Mode { get; set; } = PoolMode.Runners;

    /// <summary>Runner group. Default: GitHub's default one.</summary>
    public string? RunnerGroup { get; set; }

    /// <summary>Most jobs at a time: of each agent, or of the whole scale set. Default 10.</summary>
    [Range(1, int.MaxValue)]
    public int MaxJobs { get; set; } = 10;

    /// <summary>Platform used when a job's labels name none.</summary>
    public string? Platform { get; set; }

    /// <summary>Which jobs are run again by themselves, as the cluster took their place away. Default: none.</summary>
    public RerunOptions? Rerun { get; set; }

    /// <summary>
    /// For how long a job of the pool stays where a step of it failed, if it is run again with debug logging: its log says how to enter it. At most 6 h. Default: no job does.
    /// </summary>
    public TimeSpan? HoldOnFailure { get; set; }

    /// <summary>
    /// Pods that wait for its jobs, set up and without a secret, so that a job starts at once. Jobs with a container or services of their own, or another size than
    /// the pool's first, get a new pod. Default: none waits.
    /// </summary>
    public WarmOptions? Warm { get; set; }

    /// <summary>
    /// Sizes that its jobs may ask for, each by a label of its own; the jobs are placed by their own labels then. Default: none, and all jobs of the pool get
    /// the same pod.
    /// </summary>
    public SizesOptions? Sizes { get; set; }

    /// <summary>
    /// Whether jobs are taken only while the cluster would take their pods, besides having room in its quotas: a pod is tried every minute (a dry run), and
    /// none of the pool may have waited for a node for 30 s. What is not taken waits at GitHub. Default false: such jobs are taken, and wait in their pods.
    /// </summary>
    public bool Placeable { get; set; }
}

/// <summary>How a pool takes jobs.</summary>
public enum PoolMode
{
    /// <summary>One ephemeral runner a slot, each polling for its job.</summary>
    Runners,

    /// <summary>A scale set: one session for the pool, and a runner for each job that GitHub assigns to it.</summary>
    ScaleSet,
}

/// <summary>Section <c>host</c>.</summary>
public sealed record HostSectionOptions
{
    /// <summary>
    /// Folder under which each job gets a private one. Default: <c>runner-jobs</c> under the folder for temporary files. One that belongs to another
    /// user, or that others may write to, is refused.
    /// </summary>
    public string? Root { get; set; }

    /// <summary>The worker's executable. Default: <c>runner-worker</c> beside the runner's own.</summary>
    public string? Worker { get; set; }

    /// <summary>Tool cache that the jobs of this machine share. Default: under <see cref="Root"/>.</summary>
    public string? ToolCache { get; set; }

    /// <summary>
    /// Folder that holds <c>node24/bin/node</c> and its like, for this machine. Default: <c>host-externals</c> beside the worker, if it is
    /// there, else the machine's own Node.js is used.
    /// </summary>
    public string? Externals { get; set; }

    /// <summary>Names of further environment variables that steps inherit.</summary>
    public IList<string> PassEnvironment { get; set; } = [];
}
