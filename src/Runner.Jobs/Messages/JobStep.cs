using System.Text.Json.Serialization;
using Runner.Jobs.Tokens;

namespace Runner.Jobs.Messages;

/// <summary>One step of a job message (<c>job-message.md</c> section 7).</summary>
public sealed record JobStep
{
    /// <summary>Kind of the step.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<StepType>))]
    public StepType Type { get; init; }

    /// <summary>Id of the step's record.</summary>
    public StepId Id { get; init; }

    /// <summary>Name, unique in the job.</summary>
    public string? Name { get; init; }

    /// <summary>Shown name; <see cref="DisplayNameToken"/> wins.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Whether the step takes part at all. Default true, also for <c>null</c>.</summary>
    /// <remarks>Nullable, because generated JSON readers set an <c>init</c> property that is missing in the text to its type's default.</remarks>
    public bool? Enabled { get; init => field = value ?? true; } = true;

    /// <summary>The <c>if:</c>, complete with its status function, without <c>${{ }}</c>.</summary>
    public string? Condition { get; init; }

    /// <summary>Boolean or expression.</summary>
    public TemplateToken? ContinueOnError { get; init; }

    /// <summary>Number of minutes or expression.</summary>
    public TemplateToken? TimeoutInMinutes { get; init; }

    /// <summary>Group of steps that run at the same time.</summary>
    public string? ParallelGroupId { get; init; }

    /// <summary>What an action step runs.</summary>
    public ActionReference? Reference { get; init; }

    /// <summary>The step's <c>name:</c>.</summary>
    public TemplateToken? DisplayNameToken { get; init; }

    /// <summary>Id in the <c>steps</c> context; a generated one starts with <c>__</c>.</summary>
    public string? ContextName { get; init; }

    /// <summary>The step's <c>env</c>.</summary>
    public TemplateToken? Environment { get; init; }

    /// <summary>The step's <c>with</c>; for a script <c>script</c>, <c>shell</c>, <c>workingDirectory</c>.</summary>
    public TemplateToken? Inputs { get; init; }

    /// <summary>Whether the job goes on while the step runs.</summary>
    public bool Background { get; init; }

    /// <summary>Of a control step: <c>wait</c>, <c>wait-all</c>, <c>cancel</c>.</summary>
    public string? ControlType { get; init; }

    /// <summary>Of a control step: context names of the steps it is about.</summary>
    public IReadOnlyList<string> StepIds { get; init => field = value ?? []; } = [];
}

/// <summary>Kind of a step.</summary>
public enum StepType
{
    /// <summary>Not known to this version: the step is dropped.</summary>
    Unknown = 0,

    /// <summary>An action or a script.</summary>
    Action = 4,

    /// <summary>Waits for background steps or cancels them.</summary>
    BackgroundStepControl = 5,
}

/// <summary>What an action step runs (<c>job-message.md</c> section 7.1).</summary>
public sealed record ActionReference
{
    /// <summary>Kind of the reference.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<ReferenceType>))]
    public ReferenceType Type { get; init; }

    /// <summary><c>owner/repo</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Branch, tag or commit.</summary>
    public string? Ref { get; init; }

    /// <summary><c>GitHub</c> (default), <c>self</c> for <c>./path</c>, <c>selfRepository</c> for <c>$/path</c>.</summary>
    public string? RepositoryType { get; init; }

    /// <summary>Folder of the action.</summary>
    public string? Path { get; init; }

    /// <summary>Image, without <c>docker://</c>.</summary>
    public string? Image { get; init; }
}

/// <summary>Where an action comes from.</summary>
public enum ReferenceType
{
    /// <summary>Not known to this version.</summary>
    Unknown = 0,

    /// <summary>A repository, or a folder of the workspace.</summary>
    Repository = 1,

    /// <summary>An image.</summary>
    ContainerRegistry = 2,

    /// <summary>The step's own script.</summary>
    Script = 3,
}
