using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Parts;

/// <summary><c>snapshot</c> of a job: the image that is made of its machine.</summary>
public sealed record WorkflowSnapshot(TemplateToken Written) : WorkflowPart(Written)
{
    /// <summary><c>image-name</c>, or the short form's text.</summary>
    public TemplateToken? ImageName { get; init; }

    /// <summary><c>version</c>, such as <c>1.*</c>.</summary>
    public TemplateToken? Version { get; init; }

    /// <summary><c>if</c>.</summary>
    public TemplateToken? Condition { get; init; }

    /// <summary>Takes it apart; <c>null</c>: it is not written.</summary>
    internal static WorkflowSnapshot? Read(TemplateToken? token) => token switch
    {
        null => null,
        MappingToken mapping => new WorkflowSnapshot(token)
        {
            ImageName = mapping.Find("image-name"),
            Version = mapping.Find("version"),
            Condition = mapping.Find("if"),
        },
        _ => new WorkflowSnapshot(token) { ImageName = token },
    };
}
