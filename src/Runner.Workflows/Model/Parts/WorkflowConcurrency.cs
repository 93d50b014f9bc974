using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Parts;

/// <summary><c>concurrency</c> of a workflow or job.</summary>
public sealed record WorkflowConcurrency(TemplateToken Written) : WorkflowPart(Written)
{
    /// <summary><c>group</c>, or the short form's text.</summary>
    public TemplateToken? Group { get; init; }

    /// <summary><c>cancel-in-progress</c>.</summary>
    public TemplateToken? CancelInProgress { get; init; }

    /// <summary><c>queue</c>. Default <see cref="ConcurrencyWaiting.Single"/>.</summary>
    public ConcurrencyWaiting Queue { get; init; }

    /// <summary>Takes it apart; <c>null</c>: it is not written.</summary>
    internal static WorkflowConcurrency? Read(TemplateToken? token) => token switch
    {
        null => null,
        MappingToken mapping => new WorkflowConcurrency(token)
        {
            Group = mapping.Find("group"),
            CancelInProgress = mapping.Find("cancel-in-progress"),
            Queue = mapping.Find("queue") is StringToken { Value: "max" } ? ConcurrencyWaiting.Max : ConcurrencyWaiting.Single,
        },
        _ => new WorkflowConcurrency(token) { Group = token },
    };
}

/// <summary>How many may wait for a concurrency group.</summary>
public enum ConcurrencyWaiting
{
    /// <summary>One: it makes way for whoever comes after it.</summary>
    Single = 0,

    /// <summary>As many as GitHub allows; each has its turn.</summary>
    Max = 1,
}
