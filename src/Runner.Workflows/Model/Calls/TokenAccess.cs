using System.Collections.Immutable;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Model.Calls;

/// <summary>What the token of a called workflow may do: levels by scope; one that is missing has no access.</summary>
internal sealed record TokenAccess(ImmutableDictionary<string, AccessLevel> Levels)
{
    // GitHub's order in its messages.
    private static readonly string[] Names =
    [
        "actions", "artifact-metadata", "attestations", "checks", "contents", "deployments", "discussions", "issues", "packages", "pages",
        "pull-requests", "repository-projects", "statuses", "security-events", "id-token", "models", "workflows",
    ];

    // What read-all and write-all stand for: the names of GitHub's conformance suite.
    private static readonly string[] All =
    [
        "actions", "checks", "contents", "deployments", "discussions", "id-token", "issues", "packages", "pages", "pull-requests",
        "repository-projects", "security-events", "statuses",
    ];

    /// <summary>What <c>permissions</c> says; <c>null</c> where it says nothing.</summary>
    public static TokenAccess? Of(WorkflowPermissions? permissions) => permissions switch
    {
        null => null,
        { All: { } level } => Every(All, level),
        _ => new TokenAccess(permissions.Scopes
            .Where(scope => scope.Value != AccessLevel.None)
            .DistinctBy(scope => scope.Key, StringComparer.Ordinal)
            .ToImmutableDictionary(StringComparer.Ordinal)),
    };

    /// <summary>What a repository's default allows.</summary>
    public static TokenAccess ByDefault(PermissionsPolicy policy) =>
        policy == PermissionsPolicy.Write ? Every(Names, AccessLevel.Write) : Every(["contents", "packages"], AccessLevel.Read);

    /// <summary>What is wanted here and not allowed there, as GitHub lists it; <c>null</c>: nothing.</summary>
    public (string Requested, string Allowed)? Beyond(TokenAccess allowed)
    {
        var beyond = Names.Concat(Levels.Keys.Except(Names).Order(StringComparer.Ordinal)).Where(name => LevelOf(name) > allowed.LevelOf(name)).ToList();
        return beyond.Count == 0 ? null : (List(beyond), allowed.List(beyond));
    }

    private string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"{name}: {LevelOf(name).ToText()}"));

    private AccessLevel LevelOf(string name) => Levels.GetValueOrDefault(name);

    private static TokenAccess Every(IEnumerable<string> names, AccessLevel level) =>
        new(names.ToImmutableDictionary(name => name, _ => level, StringComparer.Ordinal));
}
