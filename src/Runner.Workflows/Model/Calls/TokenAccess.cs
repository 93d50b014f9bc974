using System.Collections.Immutable;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Calls;

/// <summary>What the token of a called workflow may do: names with <c>read</c> or <c>write</c>; a name that is missing has no access.</summary>
internal sealed record TokenAccess(ImmutableDictionary<string, string> Levels)
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
    public static TokenAccess? Read(TemplateToken? token) => token switch
    {
        StringToken { Value: "read-all" } => Every(All, "read"),
        StringToken { Value: "write-all" } => Every(All, "write"),
        MappingToken mapping => new TokenAccess(mapping.Entries
            .Where(entry => entry.Value.ToString() is "read" or "write")
            .GroupBy(entry => entry.Key.ToString() ?? string.Empty, StringComparer.Ordinal)
            .ToImmutableDictionary(group => group.Key, group => group.First().Value.ToString() ?? string.Empty, StringComparer.Ordinal)),
        _ => null,
    };

    /// <summary>What a repository's default allows.</summary>
    public static TokenAccess Of(PermissionsPolicy policy) =>
        policy == PermissionsPolicy.Write ? Every(Names, "write") : Every(["contents", "packages"], "read");

    /// <summary>What is wanted here and not allowed there, as GitHub lists it; <c>null</c>: nothing.</summary>
    public (string Requested, string Allowed)? Beyond(TokenAccess allowed)
    {
        var beyond = Names.Concat(Levels.Keys.Except(Names).Order(StringComparer.Ordinal)).Where(name => Rank(name) > allowed.Rank(name)).ToList();
        return beyond.Count == 0 ? null : (List(beyond), allowed.List(beyond));
    }

    private int Rank(string name) => LevelOf(name) switch { "write" => 2, "read" => 1, _ => 0 };

    private string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"{name}: {LevelOf(name)}"));

    private string LevelOf(string name) => Levels.GetValueOrDefault(name, "none");

    private static TokenAccess Every(IEnumerable<string> names, string level) =>
        new(names.ToImmutableDictionary(name => name, _ => level, StringComparer.Ordinal));
}
