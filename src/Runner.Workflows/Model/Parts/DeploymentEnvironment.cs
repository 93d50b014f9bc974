using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Parts;

/// <summary><c>environment</c> of a job.</summary>
public sealed record DeploymentEnvironment(TemplateToken Written) : WorkflowPart(Written)
{
    /// <summary><c>name</c>, or the short form's text.</summary>
    public TemplateToken? Name { get; init; }

    /// <summary><c>url</c>, evaluated when the job ends.</summary>
    public TemplateToken? Url { get; init; }

    /// <summary><c>deployment</c>: whether the job is recorded as a deployment.</summary>
    public TemplateToken? Deployment { get; init; }

    /// <summary>Takes it apart; <c>null</c>: it is not written.</summary>
    internal static DeploymentEnvironment? Read(TemplateToken? token) => token switch
    {
        null => null,
        MappingToken mapping => new DeploymentEnvironment(token)
        {
            Name = mapping.Find("name"),
            Url = mapping.Find("url"),
            Deployment = mapping.Find("deployment"),
        },
        _ => new DeploymentEnvironment(token) { Name = token },
    };
}
