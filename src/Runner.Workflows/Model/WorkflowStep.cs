using System.Collections.Immutable;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model;

/// <summary>A step of a job. A token that is <c>null</c> was not written.</summary>
public abstract record WorkflowStep
{
    private protected WorkflowStep()
    {
    }

    /// <summary>Id in the <c>steps</c> context: the author's, or a generated one that starts with <c>__</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Where the step stands.</summary>
    public SourcePosition? Position { get; init; }

    /// <summary><c>name</c>.</summary>
    public TemplateToken? Name { get; init; }

    /// <summary><c>continue-on-error</c>.</summary>
    public TemplateToken? ContinueOnError { get; init; }

    /// <summary>The group of steps that run at the same time, or <c>null</c>.</summary>
    public string? ParallelGroup { get; init; }
}

/// <summary>A step that runs something.</summary>
public abstract record ActionStep : WorkflowStep
{
    private protected ActionStep()
    {
    }

    /// <summary><c>if</c>, complete with its status function, without <c>${{ }}</c>.</summary>
    public string Condition { get; init; } = Conditions.Default;

    /// <summary>Where the <c>if</c> stands, or <c>null</c>.</summary>
    public SourcePosition? ConditionPosition { get; init; }

    /// <summary><c>timeout-minutes</c>.</summary>
    public TemplateToken? TimeoutMinutes { get; init; }

    /// <summary><c>env</c>.</summary>
    public TemplateToken? Env { get; init; }

    /// <summary>Whether the job goes on while the step runs.</summary>
    public bool IsBackground { get; init; }
}

/// <summary>A step with <c>run</c>.</summary>
public sealed record RunStep : ActionStep
{
    /// <summary>The script.</summary>
    public required TemplateToken Script { get; init; }

    /// <summary><c>shell</c>.</summary>
    public TemplateToken? Shell { get; init; }

    /// <summary><c>working-directory</c>.</summary>
    public TemplateToken? WorkingDirectory { get; init; }
}

/// <summary>A step with <c>uses</c>.</summary>
public sealed record UsesStep : ActionStep
{
    /// <summary>What it uses, as it was written.</summary>
    public required string Uses { get; init; }

    /// <summary>Where <c>uses</c> stands.</summary>
    public SourcePosition? UsesPosition { get; init; }

    /// <summary>What it uses, taken apart.</summary>
    public required ActionReference Reference { get; init; }

    /// <summary><c>with</c>.</summary>
    public TemplateToken? With { get; init; }
}

/// <summary>A step that waits for background steps or cancels one.</summary>
public sealed record ControlStep : WorkflowStep
{
    /// <summary><c>wait</c>, <c>wait-all</c> or <c>cancel</c>.</summary>
    public required string Control { get; init; }

    /// <summary>Ids of the steps it is about; empty for <c>wait-all</c>.</summary>
    public ImmutableArray<string> Targets { get; init; } = [];
}
