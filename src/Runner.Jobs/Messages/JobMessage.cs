using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Runner.Jobs.Data;
using Runner.Jobs.Tokens;

namespace Runner.Jobs.Messages;

/// <summary>
/// A job, as GitHub sends it to a runner: <c>AgentJobRequestMessage</c> (<c>job-message.md</c>). The one form in which a job travels
/// here, whoever made it. Unknown members are ignored; a missing list or mapping is empty.
/// </summary>
public sealed record JobMessage
{
    /// <summary><c>PipelineAgentJobRequest</c> or <c>RunnerJobRequest</c>.</summary>
    public string? MessageType { get; init; }

    /// <summary>The plan (run) that the job belongs to.</summary>
    public required PlanReference Plan { get; init; }

    /// <summary>The timeline that V1 services keep the job's records in.</summary>
    public TimelineReference? Timeline { get; init; }

    /// <summary>Id of the job's record.</summary>
    public required JobId JobId { get; init; }

    /// <summary>Shown name, with matrix values.</summary>
    public string JobDisplayName { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Internal name: <c>__default</c> or the job's key.</summary>
    public string JobName { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Id of the V1 lock.</summary>
    public long RequestId { get; init; }

    /// <summary>Image name or mapping of the job's container; <c>null</c> or a null token: none.</summary>
    public TemplateToken? JobContainer { get; init; }

    /// <summary>Mapping of service names to containers.</summary>
    public TemplateToken? JobServiceContainers { get; init; }

    /// <summary>Mapping of output names to expressions.</summary>
    public TemplateToken? JobOutputs { get; init; }

    /// <summary>Endpoints; <c>SystemVssConnection</c> is the one that matters.</summary>
    public JobResources Resources { get; init => field = value ?? new JobResources(); } = new();

    /// <summary>Contexts at top level: <c>github</c>, <c>needs</c>, <c>matrix</c>, <c>strategy</c>, <c>vars</c>, <c>inputs</c>.</summary>
    public IReadOnlyDictionary<string, ContextData> ContextData { get; init => field = value ?? EmptyContexts; } = EmptyContexts;

    /// <summary>What to clean before the job.</summary>
    public WorkspaceOptions? Workspace { get; init; }

    /// <summary>Texts and patterns to mask beside the secret variables.</summary>
    [JsonPropertyName("mask")]
    public IReadOnlyList<MaskHint> Masks { get; init => field = WithoutNulls(value); } = [];

    /// <summary><c>env</c> of the workflow, then of the job; the later ones may use values of the earlier.</summary>
    public IReadOnlyList<TemplateToken> EnvironmentVariables { get; init => field = value ?? []; } = [];

    /// <summary><c>defaults</c> of the workflow, then of the job.</summary>
    public IReadOnlyList<TemplateToken> Defaults { get; init => field = value ?? []; } = [];

    /// <summary>The deployment environment, or <c>null</c>.</summary>
    public ActionsEnvironment? ActionsEnvironment { get; init; }

    /// <summary>Custom image to make at the end: a name or a mapping.</summary>
    public TemplateToken? Snapshot { get; init; }

    /// <summary>Variables by name, compared without regard to case; see <see cref="JobVariables"/>.</summary>
    public IReadOnlyDictionary<string, VariableValue> Variables { get; init => field = WithoutNulls(value); } = EmptyVariables;

    /// <summary>The steps, in order. One without a usable type is not in the list that <see cref="UsableSteps"/> gives.</summary>
    public IReadOnlyList<JobStep> Steps { get; init => field = WithoutNulls(value); } = [];

    /// <summary>Names of the files that token positions refer to, counted from 1.</summary>
    public IReadOnlyList<string> FileTable { get; init => field = value ?? []; } = [];

    /// <summary>Passed back to the run service as it came.</summary>
    public string? BillingOwnerId { get; init; }

    /// <summary>Locked action references, sent on when actions are resolved.</summary>
    public IReadOnlyList<string> Dependencies { get; init => field = value ?? []; } = [];

    /// <summary>Whether the optional debugger is asked for.</summary>
    public bool EnableDebugger { get; init; }

    /// <summary>Steps of a type that this version knows.</summary>
    [JsonIgnore]
    public IEnumerable<JobStep> UsableSteps => Steps.Where(step => step.Type != StepType.Unknown);

    /// <summary>The endpoint through which the job talks to GitHub, or <c>null</c> where the message has none.</summary>
    [JsonIgnore]
    public ServiceEndpoint? SystemConnection => Resources.Endpoints.FirstOrDefault(
        endpoint => string.Equals(endpoint.Name, "SystemVssConnection", StringComparison.OrdinalIgnoreCase));

    private static IReadOnlyDictionary<string, ContextData> EmptyContexts { get; } = new Dictionary<string, ContextData>();

    // Of the contexts github and job.
    private static ImmutableHashSet<string> NamesOfRun { get; } = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase, "repository", "run_id", "run_number", "run_attempt", "workflow", "ref_name", "actor", "event_name", "check_run_id");

    private static IReadOnlyDictionary<string, VariableValue> EmptyVariables { get; } = new Dictionary<string, VariableValue>();

    /// <summary>
    /// The message for whoever looks after a job that a worker has: which job and run it is, whom to tell of it, whether it has outputs. What the worker
    /// alone needs, most of it the event that started the run, is left out: an agent looks after thousands of jobs.
    /// </summary>
    public JobMessage WithoutWork() => this with
    {
        JobContainer = null,
        JobServiceContainers = null,
        ContextData = ContextData.Where(context => context.Key is "github" or "job").ToDictionary(
            context => context.Key,
            context => context.Value is DictionaryData data ? data.Only(NamesOfRun) : context.Value,
            StringComparer.Ordinal),
        Masks = [],
        EnvironmentVariables = [],
        Defaults = [],
        ActionsEnvironment = null,
        Snapshot = null,
        Variables = EmptyVariables,
        Steps = [],
        FileTable = [],
        Dependencies = [],
    };

    /// <summary>The value of a variable, found without regard to case, or <c>null</c>.</summary>
    public string? Variable(string name)
    {
        foreach (var (key, variable) in Variables)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return variable.Value;
            }
        }

        return null;
    }

    /// <summary>Whether a variable says <c>true</c>, in any case; anything else counts as not set.</summary>
    public bool IsFeatureOn(string name) => bool.TryParse(Variable(name), out var on) && on;

    // JSON may hold nulls where the types know none; they say nothing, and must not bring the reader down.
    private static IReadOnlyDictionary<string, VariableValue> WithoutNulls(IReadOnlyDictionary<string, VariableValue>? variables) =>
        variables is null ? EmptyVariables
        : variables.Values.All(variable => variable is not null) ? variables
        : variables.Where(entry => entry.Value is not null).ToDictionary(StringComparer.Ordinal);

    private static IReadOnlyList<T> WithoutNulls<T>(IReadOnlyList<T>? items)
        where T : class =>
        items is null ? [] : items.All(item => item is not null) ? items : [.. items.Where(item => item is not null)];
}
