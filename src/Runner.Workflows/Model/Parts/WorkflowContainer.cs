using System.Collections.Immutable;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Parts;

/// <summary><c>container</c> of a job, or one of its <c>services</c>.</summary>
public sealed record WorkflowContainer(TemplateToken Written) : WorkflowPart(Written)
{
    /// <summary><c>image</c>, or the short form's text.</summary>
    public TemplateToken? Image { get; init; }

    /// <summary><c>credentials.username</c>.</summary>
    public TemplateToken? Username { get; init; }

    /// <summary><c>credentials.password</c>.</summary>
    public TemplateToken? Password { get; init; }

    /// <summary><c>env</c>.</summary>
    public TemplateToken? Env { get; init; }

    /// <summary><c>ports</c>.</summary>
    public TemplateToken? Ports { get; init; }

    /// <summary><c>volumes</c>.</summary>
    public TemplateToken? Volumes { get; init; }

    /// <summary><c>options</c>, as <c>docker create</c> has them.</summary>
    public TemplateToken? Options { get; init; }

    /// <summary><c>entrypoint</c>: services only.</summary>
    public TemplateToken? Entrypoint { get; init; }

    /// <summary><c>command</c>: services only.</summary>
    public TemplateToken? Command { get; init; }

    /// <summary>Takes it apart; <c>null</c>: it is not written.</summary>
    internal static WorkflowContainer? Read(TemplateToken? token) => token switch
    {
        null => null,
        MappingToken mapping => Read(mapping),
        _ => new WorkflowContainer(token) { Image = token },
    };

    private static WorkflowContainer Read(MappingToken mapping)
    {
        var credentials = mapping.Find("credentials") as MappingToken;
        return new WorkflowContainer(mapping)
        {
            Image = mapping.Find("image"),
            Username = credentials?.Find("username"),
            Password = credentials?.Find("password"),
            Env = mapping.Find("env"),
            Ports = mapping.Find("ports"),
            Volumes = mapping.Find("volumes"),
            Options = mapping.Find("options"),
            Entrypoint = mapping.Find("entrypoint"),
            Command = mapping.Find("command"),
        };
    }
}

/// <summary><c>services</c> of a job.</summary>
public sealed record WorkflowServices(TemplateToken Written) : WorkflowPart(Written)
{
    /// <summary>The services by name, in the order of the file.</summary>
    public ImmutableArray<KeyValuePair<string, WorkflowContainer>> Containers { get; init; } = [];

    /// <summary>Takes them apart; <c>null</c>: none are written.</summary>
    internal static WorkflowServices? Read(TemplateToken? token) => token is null ? null : new WorkflowServices(token)
    {
        Containers =
        [
            .. ((token as MappingToken)?.Entries ?? []).Select(service =>
                KeyValuePair.Create(service.Key.ToString() ?? string.Empty, WorkflowContainer.Read(service.Value)!)),
        ],
    };
}
