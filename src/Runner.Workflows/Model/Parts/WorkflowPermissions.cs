using System.Collections.Immutable;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Parts;

/// <summary><c>permissions</c> of a workflow or job: what the token of a job may do.</summary>
public sealed record WorkflowPermissions(TemplateToken Written) : WorkflowPart(Written)
{
    /// <summary>The level of all scopes, <c>read-all</c> or <c>write-all</c>; <c>null</c>: the scopes are named.</summary>
    public AccessLevel? All { get; init; }

    /// <summary>The levels by scope, such as <c>contents</c>, in the order of the file. A scope that is not named has none.</summary>
    public ImmutableArray<KeyValuePair<string, AccessLevel>> Scopes { get; init; } = [];

    /// <summary>Takes it apart; <c>null</c>: it is not written.</summary>
    internal static WorkflowPermissions? Read(TemplateToken? token) => token switch
    {
        StringToken { Value: "read-all" } => new WorkflowPermissions(token) { All = AccessLevel.Read },
        StringToken { Value: "write-all" } => new WorkflowPermissions(token) { All = AccessLevel.Write },
        MappingToken mapping => new WorkflowPermissions(token)
        {
            Scopes = [.. mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key.ToString() ?? string.Empty, Level(entry.Value)))],
        },
        _ => null,
    };

    private static AccessLevel Level(TemplateToken token) => token.ToString() switch
    {
        "write" => AccessLevel.Write,
        "read" => AccessLevel.Read,
        _ => AccessLevel.None,
    };
}

/// <summary>What a token may do in one scope. Each level holds those before it.</summary>
public enum AccessLevel
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read.</summary>
    Read = 1,

    /// <summary>Read and write.</summary>
    Write = 2,
}

/// <summary>Levels as workflows and GitHub's messages write them.</summary>
internal static class AccessLevels
{
    public static string ToText(this AccessLevel level) => level switch
    {
        AccessLevel.Write => "write",
        AccessLevel.Read => "read",
        _ => "none",
    };
}
