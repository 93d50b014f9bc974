using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Model;

/// <summary>A job of a workflow, before its matrix is expanded. What is <c>null</c> was not written.</summary>
public sealed record WorkflowJob
{
    /// <summary>Key of the job.</summary>
    public required string Id { get; init; }

    /// <summary>Where the key stands.</summary>
    public SourcePosition? Position { get; init; }

    /// <summary><c>name</c>.</summary>
    public TemplateToken? Name { get; init; }

    /// <summary>Keys of the jobs that must end before, as those jobs write them.</summary>
    public ImmutableArray<string> Needs { get; init; } = [];

    /// <summary><c>needs</c> as written, with places.</summary>
    internal ImmutableArray<StringToken> WrittenNeeds { get; init; } = [];

    /// <summary><c>if</c>, complete with its status function, without <c>${{ }}</c>.</summary>
    public string Condition { get; init; } = Conditions.Default;

    /// <summary>Where the <c>if</c> stands, or <c>null</c>.</summary>
    public SourcePosition? ConditionPosition { get; init; }

    /// <summary><c>strategy</c>.</summary>
    public WorkflowStrategy? Strategy { get; init; }

    /// <summary><c>runs-on</c>; <c>null</c> only for a job that calls a workflow.</summary>
    public RunsOn? RunsOn { get; init; }

    /// <summary><c>env</c>.</summary>
    public TemplateToken? Env { get; init; }

    /// <summary><c>defaults</c>.</summary>
    public WorkflowDefaults? Defaults { get; init; }

    /// <summary><c>outputs</c>.</summary>
    public TemplateToken? Outputs { get; init; }

    /// <summary><c>timeout-minutes</c>.</summary>
    public TemplateToken? TimeoutMinutes { get; init; }

    /// <summary><c>cancel-timeout-minutes</c>.</summary>
    public TemplateToken? CancelTimeoutMinutes { get; init; }

    /// <summary><c>continue-on-error</c>.</summary>
    public TemplateToken? ContinueOnError { get; init; }

    /// <summary><c>container</c>.</summary>
    public WorkflowContainer? Container { get; init; }

    /// <summary><c>services</c>.</summary>
    public WorkflowServices? Services { get; init; }

    /// <summary><c>environment</c>.</summary>
    public DeploymentEnvironment? Environment { get; init; }

    /// <summary><c>permissions</c>.</summary>
    public WorkflowPermissions? Permissions { get; init; }

    /// <summary><c>concurrency</c>.</summary>
    public WorkflowConcurrency? Concurrency { get; init; }

    /// <summary><c>snapshot</c>.</summary>
    public WorkflowSnapshot? Snapshot { get; init; }

    /// <summary><c>cache-mode</c>; <c>null</c>: the workflow's holds.</summary>
    public CacheAccess? CacheAccess { get; init; }

    /// <summary>The steps in order.</summary>
    public ImmutableArray<WorkflowStep> Steps { get; init; } = [];

    /// <summary>Whether any step is written, right or wrong.</summary>
    internal bool HasSteps { get; init; }

    /// <summary>The workflow that the job calls, or <c>null</c> for a job with steps.</summary>
    public CalledWorkflow? Calls { get; init; }
}

/// <summary><c>uses</c> of a job.</summary>
/// <param name="Reference">Path, or repository with path and ref.</param>
/// <param name="Position">Where it stands.</param>
/// <param name="With">Inputs, or <c>null</c>.</param>
/// <param name="Secrets">Secrets or <c>inherit</c>, or <c>null</c>.</param>
public sealed record CalledWorkflow(string Reference, SourcePosition? Position, TemplateToken? With, TemplateToken? Secrets)
{
    /// <summary>
    /// The workflow itself, read and checked against this call; <c>null</c> as long as <see cref="CalledWorkflows"/> has not read it.
    /// </summary>
    public Workflow? Workflow { get; init; }
}
