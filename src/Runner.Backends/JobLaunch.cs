using System.Collections.Immutable;
using Runner.Jobs;
using Runner.Jobs.Containers;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Network;
using Runner.Jobs.Secrets;

namespace Runner.Backends;

/// <summary>What a backend is asked to run.</summary>
public sealed record JobLaunch
{
    private const string DefaultRepositoryFolder = "repository";
    private const int MaxRepositoryName = 100; // GitHub's own limit

    /// <summary>The job.</summary>
    public required JobMessage Job { get; init; }

    /// <summary>As whom it runs.</summary>
    public required RunnerIdentity Runner { get; init; }

    /// <summary>Labels that the job asks for (<c>runs-on</c>), in order, less those of the pool itself.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>
    /// The containers that the job asks for, evaluated by who launches it (<c>JobContainersEvaluator</c>). Backends go by these, not by the message.
    /// </summary>
    public JobContainers Containers { get; init; } = JobContainers.None;

    /// <summary>Pool that took the job.</summary>
    public string Pool { get; init; } = "default";

    /// <summary>Platform to use where the labels name none, or <c>null</c>.</summary>
    public string? Platform { get; init; }

    /// <summary>The most that one container of the job may ask for itself (<c>container.options</c>), or <c>null</c>: no limit of the pool's.</summary>
    public MostResources? Most { get; init; }

    /// <summary>When the job message was seen.</summary>
    public required DateTimeOffset MessageSeen { get; init; }

    /// <summary>More memory than its labels and the platform give, or <c>null</c>. Backends without limits of memory do not heed it.</summary>
    public MoreMemory? MoreMemory { get; init; }

    /// <summary>
    /// How often the job was launched before. A pod lost before its worker started is replaced by one with the next number.
    /// </summary>
    public int Attempt { get; init; }

    /// <summary>Whom the worker tells of the job.</summary>
    public ReportingTarget Reporting { get; init; }

    /// <summary>Servers of artifacts and caches in the place of GitHub's, or <c>null</c>.</summary>
    public ServiceAddresses? Services { get; init; }

    /// <summary>Whether and how the job stays where a step of it failed; <c>null</c>: it goes on at once. The backend says how to enter it.</summary>
    public FailureHold? Hold { get; init; }

    /// <summary>How the worker tells what the job used; <c>null</c>: nobody measures that. Not on this machine itself, where a job has no bounds of its own.</summary>
    public UsageReport? Usage { get; init; }

    /// <summary>By which the job uses <see cref="Services"/>, where they are not to get GitHub's token; <c>null</c>: they get it.</summary>
    public Secret? ServicesToken { get; init; }

    /// <summary>How the job reaches the outside, or <c>null</c>: as its place does.</summary>
    public JobNetwork? Network { get; init; }

    /// <summary>Collector that is told of the job's steps, or <c>null</c>: none.</summary>
    public TraceTarget? Tracing { get; init; }

    /// <summary>
    /// Answers what the worker asks for, but for containers, which the backend runs itself; <c>null</c>: such requests fail and say so.
    /// </summary>
    public IWorkerRequestHandler? Requests { get; init; }

    /// <summary>
    /// Whether <see cref="Requests"/> sends the checkout, for which the worker then asks before its first step. A
    /// <see cref="BoundWorkspace"/> makes it needless.
    /// </summary>
    public bool SendsWorkspace { get; init; }

    /// <summary>What <c>actions/checkout</c> of the job's own repository does.</summary>
    public OwnCheckout OwnCheckout { get; init; }

    /// <summary>A folder of this machine that the job's workspace is a copy of, or <c>null</c>: it is none.</summary>
    public string? CheckoutFolder { get; init; }

    /// <summary>
    /// A folder of this machine that is the job's workspace itself (<c>--bind</c>), or <c>null</c>: the job gets one of its own. Where a
    /// backend cannot do that, launching fails.
    /// </summary>
    public string? BoundWorkspace { get; init; }

    /// <summary>
    /// Name of what the job ran in, should it be kept (<see cref="IJobHandle.KeepAsync"/>); what stayed of an earlier job by this name is removed when this
    /// one is launched. <c>null</c>: nothing is kept.
    /// </summary>
    public string? KeepAs { get; init; }

    /// <summary>Variables of the job's own container, less those that name job hooks: these are the operator's, who may count on them.</summary>
    public IEnumerable<KeyValuePair<string, string>> ContainerEnvironment =>
        Containers.Job?.Environment.Where(variable => !HookVariables.Contains(variable.Key)) ?? [];

    /// <summary>Whether a step may be a JavaScript action: any that is neither a script nor a container's, as what a repository holds is seen only when it runs.</summary>
    public bool MayNeedNode => Job.UsableSteps.Any(
        step => step is { Type: StepType.Action, Enabled: not false, Reference.Type: not (ReferenceType.Script or ReferenceType.ContainerRegistry) });

    /// <summary>Which job.</summary>
    public JobId JobId => Job.JobId;

    /// <summary>
    /// Name of the job's repository without its owner, as GitHub names the workspace and the folder around it after it; <c>repository</c> where
    /// the message names none that can be a folder.
    /// </summary>
    public string RepositoryFolder
    {
        get
        {
            var repository = Job.ContextData.TryGetValue("github", out var data) && data is DictionaryData github ? github.FindText("repository") : null;
            var name = repository?[(repository.LastIndexOf('/') + 1)..] ?? string.Empty;
            var isFolder = name.Length is > 0 and <= MaxRepositoryName && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
            return isFolder && name is not ("." or ".." or "_temp" or "_actions") ? name : DefaultRepositoryFolder;
        }
    }

    /// <summary>The launch of a job whose worker has its work (<see cref="JobMessage.WithoutWork"/>).</summary>
    public JobLaunch WithoutWork() => this with { Job = Job.WithoutWork(), Containers = JobContainers.None };

    /// <exception cref="WorkflowException"><see cref="BoundWorkspace"/> is no folder of this machine.</exception>
    internal void RefuseMissingWorkspace()
    {
        if (BoundWorkspace is { } bound && !(Path.IsPathFullyQualified(bound) && Directory.Exists(bound)))
        {
            throw new WorkflowException($"The job's workspace is to be '{bound}', which is no absolute path of a folder");
        }
    }
}

/// <summary>The largest sizes of a pool; <c>null</c>: it has none of that kind, so no bound.</summary>
/// <param name="Cpu">In cores.</param>
/// <param name="Memory">In bytes.</param>
public sealed record MostResources(decimal? Cpu, decimal? Memory);

/// <summary>Memory of a job that ran out of it the last time.</summary>
/// <param name="Factor">By which its request and its limit grow.</param>
/// <param name="Bound">Quantity up to which they do, such as <c>16Gi</c>, or <c>null</c>: none.</param>
public sealed record MoreMemory(double Factor, string? Bound);
