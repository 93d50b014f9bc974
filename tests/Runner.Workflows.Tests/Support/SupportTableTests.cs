using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Runner.Testing;
using Runner.Workflows.Model;
using Runner.Workflows.Support;
using GitHubData = Runner.Testing.Conformance;

namespace Runner.Workflows.Tests.Support;

/// <summary>Nothing is ignored in silence: every key of GitHub's grammar is in our tables, and what they say is what authors are told.</summary>
public sealed class SupportTableTests
{
    private const string Intro = """
        # What becomes of each key

        Made from the sources by a test. Every key of GitHub's grammar for workflows and actions stands here. A key that is not supported in full
        gives a note in `runner validate`, and once in a local run (for a stand-in only with `-v`); a note is no mistake and changes no exit code. Jobs that come from GitHub
        (`runner agent`) are planned by GitHub's service, with all keys but those that are refused.

        """;

    [Fact]
    public void Every_key_of_workflows_is_in_the_table() => Compare("workflow-v1.0.json", "workflow-root-strict", WorkflowKeys.Table);

    [Fact]
    public void Every_key_of_actions_is_in_the_table() => Compare("action-v1.0.json", "action-root", ActionKeys.Table);

    [Fact]
    public void Keys_that_are_not_supported_say_what_happens_instead() => Assert.All(
        WorkflowKeys.Table.Keys.Concat(ActionKeys.Table.Keys).Where(key => key.Level != SupportLevel.Supported), key => Assert.NotEmpty(key.Note));

    [Fact]
    public void Notes_are_told_once_at_their_first_place()
    {
        var reading = WorkflowFile.Read("w.yml", """
            on: {schedule: [{cron: '0 3 * * *', timezone: Europe/Berlin}]}
            jobs:
              a:
                runs-on: {group: big}
                environment: {name: prod, deployment: false}
                container: {image: x, ports: [80]}
                concurrency: one
                steps: [{run: x}]
              b:
                runs-on: {group: big}
                concurrency: two
                steps: [{run: x}]
            """);

        Assert.Empty(reading.Diagnostics);
        Assert.Equal(
            ["1:6 schedule", "1:37 timezone", "4:15 group", "5:5 environment", "5:31 deployment", "6:27 ports", "7:5 concurrency"],
            reading.Workflow?.Notes.Select(note => $"{note.Line}:{note.Column} {note.Message.Split('\'')[1]}"));
    }

    [Fact]
    public void Page_has_every_key()
    {
        var page = new StringBuilder(Intro.ReplaceLineEndings("\n"));
        WriteFile(page, "Workflows", WorkflowKeys.Table);
        WriteFile(page, "Actions (`action.yml`)", ActionKeys.Table);

        Golden.CheckMade("docs/workflow-support.md", page.ToString());
    }

    private static void WriteFile(StringBuilder page, string title, SupportTable table)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n");
        foreach (var (level, heading) in new[] { (SupportLevel.Refused, "No effect, or an error"), (SupportLevel.Emulated, "Local runs do something else"), (SupportLevel.Supported, "As on GitHub") })
        {
            var keys = table.Keys.Where(key => key.Level == level).ToList();
            page.Append(keys.Count == 0 ? string.Empty : $"\n### {heading}\n\n| key | |\n|---|---|\n");
            page.AppendJoin(string.Empty, keys.Select(key => $"| `{key.Path}` | {key.Note} |\n"));
        }
    }

    private static void Compare(string file, string root, SupportTable table)
    {
        Assert.SkipWhen(GitHubData.Folder is null, GitHubData.SkipReason);
        var definitions = JsonNode.Parse(File.ReadAllText(GitHubData.Files("schema", file).Single()))?["definitions"]?.AsObject() ?? [];
        var (missing, paths) = (new List<string>(), new HashSet<string>());

        Walk(root, string.Empty);

        Assert.Empty(missing);
        // GitHub's data lacks every key "description": its own descriptions were left out. And it is older than "cache-mode".
        Assert.Empty(table.Keys.Select(key => key.Path).Where(path => path.Split('.')[^1] is not ("*" or "description" or "cache-mode")).Except(paths));

        void Walk(string name, string path)
        {
            var definition = definitions[name]?.AsObject() ?? [];
            foreach (var choice in definition["one-of"]?.AsArray() ?? [])
            {
                Walk(Text(choice), path);
            }

            if (definition["sequence"] is { } sequence)
            {
                Walk(Text(sequence["item-type"]), path);
            }

            foreach (var (key, value) in definition["mapping"]?["properties"]?.AsObject() ?? [])
            {
                WalkKey(key, value, path);
            }

            if (definition["mapping"]?["loose-value-type"] is { } loose)
            {
                Walk(Text(loose), table.PathBelow(path, "*"));
            }
        }

        void WalkKey(string key, JsonNode? value, string path)
        {
            var whole = path.Length == 0 ? key : $"{path}.{key}";
            if (table.Find(path, key) is null)
            {
                missing.Add(whole);
            }

            // Steps hold steps.
            if (paths.Add(whole) && key != "parallel")
            {
                Walk(value is JsonObject type ? Text(type["type"]) : Text(value), table.PathBelow(path, key));
            }
        }
    }

    private static string Text(JsonNode? node) => node?.GetValue<string>() ?? string.Empty;
}
