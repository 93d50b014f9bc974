using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Runner.Jobs.Messages;
using Runner.Jobs.Network;

namespace Runner.Jobs.Launch;

/// <summary>
/// All that a worker is given: the job and where it runs. It holds the job's secrets, so it travels by a Secret and memory (Kubernetes)
/// or a pipe (host), never by environment or command line.
/// </summary>
public sealed record LaunchPayload
{
    /// <summary>The job.</summary>
    public required JobMessage Job { get; init; }

    /// <summary>As whom the worker runs it.</summary>
    public required RunnerIdentity Runner { get; init; }

    /// <summary>Which folders it uses.</summary>
    public required WorkPaths Paths { get; init; }

    /// <summary>When the job passed the stages before the worker.</summary>
    public LaunchTimes Times { get; init => field = value ?? new LaunchTimes(); } = new();

    /// <summary>Variables of the platform that steps see, under those of the workflow.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init => field = value ?? Empty; } = Empty;

    /// <summary>Further CA certificates that the worker and its steps trust, PEM, or <c>null</c>.</summary>
    public string? ExtraCertificates { get; init; }

    /// <summary>The proxies that the worker and its steps go by, or <c>null</c>: those of the worker's own environment, if any.</summary>
    public ProxySettings? Proxy { get; init; }

    /// <summary>Whom the worker tells of the job's steps when it is over, or <c>null</c>: nobody.</summary>
    public TraceTarget? Tracing { get; init; }

    /// <summary>Servers in the place of GitHub's, or <c>null</c>: what the job's message names.</summary>
    public ServiceAddresses? Services { get; init; }

    /// <summary>By which steps use <see cref="Services"/>; <c>null</c>: by the job's own token.</summary>
    public string? ServicesToken { get; init; }

    /// <summary>Whether and how the job stays where a step of it failed; <c>null</c>: it goes on at once.</summary>
    public FailureHold? Hold { get; init; }

    /// <summary>How the worker tells what the job used; <c>null</c>: nobody measures that.</summary>
    public UsageReport? Usage { get; init; }

    /// <summary>Whether the worker prints the job's log on its standard output, too; only where it is reported to GitHub.</summary>
    public bool MirrorsLog { get; init; }

    /// <summary>Whom the worker tells of the job.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<ReportingTarget>))]
    public ReportingTarget Reporting { get; init; }

    /// <summary>
    /// Number of the process that started the worker and without which the job is of no use: the job stops when that process ends. <c>null</c>: it goes on.
    /// </summary>
    public int? LauncherProcess { get; init; }

    /// <summary>
    /// Key of the streams on which the worker asks its launcher for things (<see cref="Link.LinkKey"/>), or <c>null</c>: the launcher answers
    /// no requests.
    /// </summary>
    public string? LinkKey { get; init; }

    /// <summary>Key by which the worker shows that its outcome is its own (<see cref="Outcomes.OutcomeProof"/>), or <c>null</c>: nobody checks.</summary>
    public string? OutcomeKey { get; init; }

    /// <summary>Most bytes of what the worker leaves as its outcome; <c>null</c>: <see cref="Outcomes.WorkerOutcome.MaxBytes"/>.</summary>
    public int? OutcomeBytes { get; init; }

    /// <summary>Ports of services that steps reach at <c>localhost</c>; the worker forwards them.</summary>
    public ImmutableArray<PortForward> Forwards { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The containers that the job asked for, or <c>null</c>: none.</summary>
    public PlacedContainers? Containers { get; init; }

    /// <summary>
    /// Whether the worker asks its launcher for the checkout (<see cref="Link.WorkspaceRequest"/>) and puts it into the workspace before the
    /// first step. It then has a <see cref="LinkKey"/>.
    /// </summary>
    public bool AsksForWorkspace { get; init; }

    /// <summary>What <c>actions/checkout</c> of the job's own repository does.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<OwnCheckout>))]
    public OwnCheckout OwnCheckout { get; init; }

    private static IReadOnlyDictionary<string, string> Empty { get; } = new Dictionary<string, string>();

    /// <summary>The job's id only.</summary>
    public override string ToString() => Job.JobId.ToString();
}

/// <summary>A port of a service that is reached at <c>localhost</c>.</summary>
/// <param name="Port">Port at <c>localhost</c>.</param>
/// <param name="Service">The service's name.</param>
/// <param name="ServicePort">Port in the service's container.</param>
public sealed record PortForward(int Port, string Service, int ServicePort)
{
    /// <summary>Where the service is; <c>null</c>: where its name leads.</summary>
    public string? Host { get; init; }
}

/// <summary>Who is told of a job.</summary>
public enum ReportingTarget
{
    /// <summary>GitHub's run service and results service.</summary>
    GitHub = 0,

    /// <summary>Whoever launched the worker, by events on its standard output. The worker speaks to no service of GitHub.</summary>
    Launcher,
}

/// <summary>The runner as the job sees it.</summary>
public sealed record RunnerIdentity
{
    /// <summary><c>runner.name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Runner group, shown in "Set up job".</summary>
    public string? GroupName { get; init; }

    /// <summary>Version announced to GitHub.</summary>
    public required string Version { get; init; }

    /// <summary>Machine or pod, shown in "Set up job".</summary>
    public string? MachineName { get; init; }

    /// <summary>How the job was placed (image, node selector, …), a line each, shown in "Set up job".</summary>
    public IReadOnlyList<string> Placement { get; init => field = value ?? []; } = [];
}

/// <summary>Folders of a job, absolute.</summary>
public sealed record WorkPaths
{
    /// <summary><c>GITHUB_WORKSPACE</c>.</summary>
    public required string Workspace { get; init; }

    /// <summary><c>RUNNER_TEMP</c>; empty at the start.</summary>
    public required string Temp { get; init; }

    /// <summary><c>RUNNER_TOOL_CACHE</c>.</summary>
    public required string ToolCache { get; init; }

    /// <summary>Downloaded actions.</summary>
    public required string Actions { get; init; }

    /// <summary>Holds <c>node20/bin/node</c> and its like, or <c>null</c> where there is none.</summary>
    public string? Externals { get; init; }

    /// <summary><c>HOME</c> of steps, or <c>null</c>: the worker's own.</summary>
    public string? Home { get; init; }

    /// <summary>Spool of logs and the step exit codes; no step needs it.</summary>
    public required string Spool { get; init; }

    /// <summary>Where the worker leaves its <see cref="Outcomes.WorkerOutcome"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The log of a job that is reported to GitHub, in a worker's <see cref="Spool"/>; it is there until all of it is sent.</summary>
    public static string JobLogIn(string spool) => Path.Combine(spool, "logs", "job.log");
}

/// <summary>When a job passed each stage before its worker started. <c>null</c>: not known, or no such stage.</summary>
public sealed record LaunchTimes
{
    /// <summary>The job message was seen.</summary>
    public DateTimeOffset? MessageSeen { get; init; }

    /// <summary>The pod (or process) was asked for.</summary>
    public DateTimeOffset? PodCreated { get; init; }

    /// <summary>A node was chosen.</summary>
    public DateTimeOffset? Scheduled { get; init; }

    /// <summary>The pod's set-up container ran on its node; only the worker learns it.</summary>
    public DateTimeOffset? SetUp { get; init; }

    /// <summary>The containers run.</summary>
    public DateTimeOffset? ContainersStarted { get; init; }

    /// <summary>The first step's process started.</summary>
    public DateTimeOffset? FirstStep { get; init; }
}
