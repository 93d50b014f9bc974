using System.Collections.Immutable;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Actions;

/// <summary>How an action runs.</summary>
public abstract record ActionRuns
{
    private protected ActionRuns()
    {
    }

    /// <summary><c>using</c> in lower case: <c>docker</c>, <c>composite</c>, <c>node12</c>, <c>node16</c>, <c>node20</c>, <c>node24</c>.</summary>
    public required string Using { get; init; }

    /// <summary>Where <c>runs</c> stands.</summary>
    public SourcePosition? Position { get; init; }
}

/// <summary>An action that Node.js runs.</summary>
public sealed record JavaScriptRuns : ActionRuns
{
    /// <summary><c>main</c>: path of the script below the action's folder.</summary>
    public required string Main { get; init; }

    /// <summary><c>pre</c>: script to run before any step, or <c>null</c>.</summary>
    public string? Pre { get; init; }

    /// <summary><c>pre-if</c>, without <c>${{ }}</c>. Unlike a step's <c>if</c> it is taken as it is. Default <c>always()</c>.</summary>
    public string PreCondition { get; init; } = ActionFile.Always;

    /// <summary><c>post</c>: script to run after all steps, or <c>null</c>.</summary>
    public string? Post { get; init; }

    /// <summary><c>post-if</c>, as <see cref="PreCondition"/>.</summary>
    public string PostCondition { get; init; } = ActionFile.Always;
}

/// <summary>An action that runs in a container of its own.</summary>
public sealed record DockerRuns : ActionRuns
{
    /// <summary><c>image</c>: <c>docker://…</c>, or a Dockerfile below the action's folder.</summary>
    public required string Image { get; init; }

    /// <summary><c>entrypoint</c>, or <c>null</c>: the image's.</summary>
    public string? Entrypoint { get; init; }

    /// <summary><c>args</c>: texts and expressions over <c>inputs</c>; <c>null</c> where none are written.</summary>
    public SequenceToken? Args { get; init; }

    /// <summary><c>env</c>: texts and expressions over <c>inputs</c>; <c>null</c> where none are written.</summary>
    public MappingToken? Env { get; init; }

    /// <summary><c>pre-entrypoint</c>, or <c>null</c>: nothing runs before.</summary>
    public string? PreEntrypoint { get; init; }

    /// <summary><c>pre-if</c>, without <c>${{ }}</c>. Unlike a step's <c>if</c> it is taken as it is. Default <c>always()</c>.</summary>
    public string PreCondition { get; init; } = ActionFile.Always;

    /// <summary><c>post-entrypoint</c>, or <c>null</c>: nothing runs after.</summary>
    public string? PostEntrypoint { get; init; }

    /// <summary><c>post-if</c>, as <see cref="PreCondition"/>.</summary>
    public string PostCondition { get; init; } = ActionFile.Always;
}

/// <summary>An action made of steps.</summary>
public sealed record CompositeRuns : ActionRuns
{
    /// <summary>
    /// The steps in order: <see cref="RunStep"/> and <see cref="UsesStep"/>. Those without an <c>id</c> have one that starts with <c>__</c>;
    /// conditions are complete, as those of a job's steps.
    /// </summary>
    public required ImmutableArray<WorkflowStep> Steps { get; init; }
}
