using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Parts;

/// <summary><c>runs-on</c> of a job.</summary>
public sealed record RunsOn(TemplateToken Written) : WorkflowPart(Written)
{
    /// <summary><c>labels</c>, or the short form: a text or a list of texts.</summary>
    public TemplateToken? Labels { get; init; }

    /// <summary><c>group</c>.</summary>
    public TemplateToken? Group { get; init; }

    /// <summary>Takes it apart; <c>null</c>: it is not written.</summary>
    internal static RunsOn? Read(TemplateToken? token) => token switch
    {
        null => null,
        MappingToken mapping => new RunsOn(token) { Labels = mapping.Find("labels"), Group = mapping.Find("group") },
        _ => new RunsOn(token) { Labels = token },
    };
}
