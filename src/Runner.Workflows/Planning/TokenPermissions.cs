using System.Text;
using System.Text.Json;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Planning;

/// <summary>What the job's token may do, as the JSON map that "Set up job" prints (<c>system.github.token.permissions</c>).</summary>
internal static class TokenPermissions
{
    // What an unwritten "permissions" grants; "read-all" and "write-all" grant id-token beside it.
    private static readonly string[] All =
    [
        "actions", "attestations", "checks", "contents", "deployments", "discussions", "issues", "packages", "pages", "pull-requests",
        "repository-projects", "security-events", "statuses",
    ];

    public static string ToJson(TemplateToken? permissions)
    {
        IEnumerable<(string Name, string Level)> levels = permissions switch
        {
            MappingToken mapping => mapping.Entries.Select(entry => (entry.Key.ToString() ?? string.Empty, Text(entry.Value))),
            StringToken all => All.Append("id-token").Select(name => (name, all.Value == "read-all" ? "read" : "write")),
            _ => All.Select(name => (name, "write")),
        };
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var (name, level) in levels
                .Where(entry => entry.Level != "none")
                .Append((Name: "metadata", Level: "read"))
                .OrderBy(entry => entry.Name, StringComparer.Ordinal))
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
