using System.Collections.Immutable;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Parts;

/// <summary><c>strategy</c> of a job.</summary>
public sealed record WorkflowStrategy(TemplateToken Written) : WorkflowPart(Written)
{
    /// <summary><c>fail-fast</c>.</summary>
    public TemplateToken? FailFast { get; init; }

    /// <summary><c>max-parallel</c>.</summary>
    public TemplateToken? MaxParallel { get; init; }

    /// <summary><c>matrix</c>.</summary>
    public WorkflowMatrix? Matrix { get; init; }

    /// <summary>Takes it apart; <c>null</c>: it is not written.</summary>
    internal static WorkflowStrategy? Read(TemplateToken? token)
    {
        var mapping = token as MappingToken;
        return token is null ? null : new WorkflowStrategy(token)
        {
            FailFast = mapping?.Find("fail-fast"),
            MaxParallel = mapping?.Find("max-parallel"),
            Matrix = WorkflowMatrix.Read(mapping?.Find("matrix")),
        };
    }
}

/// <summary><c>matrix</c> of a strategy.</summary>
public sealed record WorkflowMatrix(TemplateToken Written) : WorkflowPart(Written)
{
    /// <summary>Its lists by name, in the order of the file. A list, and all of them, may be an expression.</summary>
    public ImmutableArray<KeyValuePair<string, TemplateToken>> Lists { get; init; } = [];

    /// <summary><c>include</c>.</summary>
    public TemplateToken? Include { get; init; }

    /// <summary><c>exclude</c>.</summary>
    public TemplateToken? Exclude { get; init; }

    /// <summary>Takes it apart; <c>null</c>: it is not written.</summary>
    internal static WorkflowMatrix? Read(TemplateToken? token) => token switch
    {
        null => null,
        MappingToken mapping => new WorkflowMatrix(token)
        {
            Lists =
            [
                .. mapping.Entries
                    .Where(entry => entry.Key.ToString() is not ("include" or "exclude"))
                    .Select(entry => KeyValuePair.Create(entry.Key.ToString() ?? string.Empty, entry.Value)),
            ],
            Include = mapping.Find("include"),
            Exclude = mapping.Find("exclude"),
        },
        _ => new WorkflowMatrix(token),
    };
}
