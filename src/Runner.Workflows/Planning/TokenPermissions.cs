using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Planning;

/// <summary>What a job's token may do: names with <c>read</c> or <c>write</c>; what is not named it may not.</summary>
/// <param name="Levels">The levels by name, as <c>permissions</c> writes them.</param>
internal sealed record TokenPermissions(ImmutableSortedDictionary<string, string> Levels)
{
    // What an unwritten "permissions" grants; "read-all" and "write-all" grant id-token beside it.
    private static readonly string[] All =
    [
        "actions", "attestations", "checks", "contents", "deployments", "discussions", "issues", "packages", "pages", "pull-requests",
        "repository-projects", "security-events", "statuses",
    ];

    /// <summary>What <c>permissions</c> says; <c>null</c>: what a repository grants by default.</summary>
    public static TokenPermissions Read(TemplateToken? permissions)
    {
        IEnumerable<(string Name, string Level)> levels = permissions switch
        {
            MappingToken mapping => mapping.Entries.Select(entry => (entry.Key.ToString() ?? string.Empty, Text(entry.Value))),
            StringToken all => All.Append("id-token").Select(name => (name, all.Value == "read-all" ? "read" : "write")),
            _ => All.Select(name => (name, "write")),
        };
        return new(levels
            .Where(entry => entry.Level != "none")
            .ToImmutableSortedDictionary(entry => entry.Name, entry => entry.Level, StringComparer.Ordinal));
    }

    /// <summary>The same, where none goes beyond another set: the job that calls a workflow bounds what the workflow's jobs may.</summary>
    public TokenPermissions LimitedTo(TokenPermissions ceiling) => new(Levels
        .Where(entry => ceiling.Levels.ContainsKey(entry.Key))
        .ToImmutableSortedDictionary(
            entry => entry.Key, entry => ceiling.Levels[entry.Key] == "write" ? entry.Value : "read", StringComparer.Ordinal));

    /// <summary>The JSON map that "Set up job" prints (<c>system.github.token.permissions</c>).</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var (name, level) in Levels.SetItem("metadata", "read"))
            {
                writer.WriteString(Pascal(name), level);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Text(TemplateToken token) => token.ToString() ?? string.Empty;

    private static string Pascal(string name) =>
        string.Concat(name.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
