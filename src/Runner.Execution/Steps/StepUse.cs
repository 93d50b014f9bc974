using System.Collections.Immutable;
using Runner.Execution.Repositories;
using Runner.Execution.Scopes;
using Runner.Jobs.Messages;
using Runner.Workflows.Messages;
using Runner.Workflows.Model.Actions;

namespace Runner.Execution.Steps;

/// <summary>A step of a job or of a composite action, with what lasts over its stages.</summary>
/// <param name="step">The step, in the form of a job message.</param>
/// <param name="parent">The step whose composite action it belongs to, or <c>null</c>: a step of the job.</param>
internal sealed class StepUse(JobStep step, StepUse? parent)
{
    private const string Always = "always()";

    /// <summary>The step.</summary>
    public JobStep Step { get; } = step;

    /// <summary>The step that it is a part of, or <c>null</c>.</summary>
    public StepUse? Parent { get; } = parent;

    /// <summary>How many composite actions it stands in.</summary>
    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    /// <summary>The action that it runs, once that was read; <c>null</c> before, and for scripts and images.</summary>
    public LoadedAction? Action { get; private set; }

    /// <summary>Steps of its composite action.</summary>
    public ImmutableArray<StepUse> Inner { get; private set; } = [];

    /// <summary>Results of these.</summary>
    public StepResults InnerResults { get; } = new();

    /// <summary>What it saved for a later stage.</summary>
    public OrderedDictionary<string, string> State { get; } = new(StringComparer.Ordinal);

    /// <summary>Which step of the runner's it is; <c>null</c>: it is one of the workflow's.</summary>
    public RunnerStep? Runner { get; init; }

    /// <summary>Whether it is an action or a script of the workflow's, and no step of the runner's.</summary>
    public bool IsOfWorkflow => Runner is null && Step.Type != StepType.BackgroundStepControl;

    /// <summary>Its shown name, once that is known.</summary>
    public string? Name { get; set; }

    /// <summary>Whether that is its last name: all that it refers to was there.</summary>
    public bool IsNamed { get; set; }

    /// <summary>Whether its post stage is to run.</summary>
    public bool HasPostToRun { get; private set; }

    /// <summary>Whether something of it runs before the steps of the job. A local action cannot: it is not there yet.</summary>
    public bool HasPre => Action is { IsLocal: false } action && action.Runs switch
    {
        JavaScriptRuns runs => runs.Pre is not null,
        DockerRuns runs => runs.PreEntrypoint is not null,
        CompositeRuns => Inner.Any(step => step.HasPre),
        _ => false,
    };

    /// <summary>Takes the action in.</summary>
    public void Take(LoadedAction action)
    {
        Action = action;
        Inner = action.Runs is CompositeRuns composite ? [.. composite.ToJobSteps(Step.Id).Select(step => new StepUse(step, this))] : [];
    }

    /// <summary>The condition of a stage.</summary>
    public string? ConditionOf(StepStage stage) => (stage, Action?.Runs) switch
    {
        (StepStage.Main, _) => Step is { Type: StepType.BackgroundStepControl, Condition: null or "" } ? Always : Step.Condition,
        (StepStage.Pre, JavaScriptRuns runs) => runs.PreCondition,
        (StepStage.Pre, DockerRuns runs) => runs.PreCondition,
        (StepStage.Post, JavaScriptRuns runs) => runs.PostCondition,
        (StepStage.Post, DockerRuns runs) => runs.PostCondition,
        _ => Always,
    };

    /// <summary>
    /// Notes that its action started: from then on the post stage is to run, and with it that of the steps it is a part of.
    /// </summary>
    /// <returns>The step of the job that has a post stage for the first time now, or <c>null</c>.</returns>
    public StepUse? RegisterPost()
    {
        var isFirst = !HasPostToRun;
        HasPostToRun = true;
        return Parent is null ? (isFirst ? this : null) : Parent.RegisterPost();
    }
}
