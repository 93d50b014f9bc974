using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Planning;

/// <summary>What a job's token may do: levels by scope; what is not named it may not.</summary>
/// <param name="Levels">The levels by scope.</param>
internal sealed record TokenPermissions(ImmutableSortedDictionary<string, AccessLevel> Levels)
{
    // What an unwritten "permissions" grants; "read-all" and "write-all" grant id-token beside it.
    private static readonly string[] All =
    [
        "actions", "attestations", "checks", "contents", "deployments", "discussions", "issues", "packages", "pages", "pull-requests",
        "repository-projects", "security-events", "statuses",
    ];

    /// <summary>What <c>permissions</c> says; <c>null</c>: what a repository grants by default.</summary>
    public static TokenPermissions Of(WorkflowPermissions? permissions)
    {
        IEnumerable<KeyValuePair<string, AccessLevel>> levels = permissions switch
        {
            null => All.Select(name => KeyValuePair.Create(name, AccessLevel.Write)),
            { All: { } level } => All.Append("id-token").Select(name => KeyValuePair.Create(name, level)),
            _ => permissions.Scopes.Where(scope => scope.Value != AccessLevel.None),
        };
        return new(levels.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    /// <summary>The same, where none goes beyond another set: the job that calls a workflow bounds what the workflow's jobs may.</summary>
    public TokenPermissions LimitedTo(TokenPermissions ceiling) => new(Levels
        .Where(entry => ceiling.Levels.ContainsKey(entry.Key))
        .ToImmutableSortedDictionary(
            entry => entry.Key, entry => entry.Value < ceiling.Levels[entry.Key] ? entry.Value : ceiling.Levels[entry.Key], StringComparer.Ordinal));

    /// <summary>The JSON map that "Set up job" prints (<c>system.github.token.permissions</c>).</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var (name, level) in Levels.SetItem("metadata", AccessLevel.Read))
            {
                writer.WriteString(Pascal(name), level.ToText());
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Pascal(string name) =>
        string.Concat(name.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
