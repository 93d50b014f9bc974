using System.Globalization;
using System.Text.Json.Nodes;
using Runner.Workflows.Model;
using Runner.Workflows.Yaml;
using GitHubData = Runner.Testing.Conformance;

namespace Runner.Workflows.Tests.Conformance;

/// <summary>GitHub's own suite for workflow parsers (<c>../shared/conformance/workflows</c>), without called workflows.</summary>
public sealed class WorkflowConformanceTests
{
    // GitHub reads anchors since 2025; the suite is older than that.
    private static readonly string[] Outdated = ["errors-anchor-tag"];

    public static TheoryData<string> Files =>
        [.. GitHubData.Folder is null ? [""] : GitHubData.Files("workflows", "*.yml").Select(Path.GetFileNameWithoutExtension).OfType<string>()];

    [Theory, MemberData(nameof(Files))]
    public void Workflow_is_read_as_github_reads_it(string name)
    {
        Assert.SkipWhen(GitHubData.Folder is null, GitHubData.SkipReason);
        var path = GitHubData.Files("workflows", name + ".yml").Single();
        var documents = Split(File.ReadAllText(path));
        Assert.SkipWhen(documents.Length != 3 || documents[1].Contains("/.github/workflows/", StringComparison.Ordinal), "Called workflows come with the language issue");
        Assert.SkipWhen(Outdated.Contains(name), "The rule has changed since");

        var reading = WorkflowFile.Read($".github/workflows/{name}.yml", documents[1], Limits(documents[0]));

        var expected = GitHubForm.Simplify(JsonNode.Parse(documents[2])) ?? throw new InvalidOperationException("No expectation");
        if (expected["errors"] is JsonArray errors)
        {
            Assert.Equal(errors.Select(error => error?["Message"]?.GetValue<string>()), reading.Diagnostics.Select(diagnostic => diagnostic.GitHubText));
            return;
        }

        Assert.Empty(reading.Diagnostics);
        Assert.NotNull(reading.Workflow);
        var actual = GitHubForm.Of(reading.Workflow);
        Assert.True(JsonNode.DeepEquals(expected, actual), $"Expected {expected.ToJsonString()}\nbut got  {actual.ToJsonString()}");
    }

    private static string[] Split(string text) => text.ReplaceLineEndings("\n").Split("\n---\n");

    private static YamlLimits Limits(string options)
    {
        const string Key = "max-file-size:";
        var line = options.Split('\n').FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return line is null
            ? YamlLimits.Workflow
            : YamlLimits.Workflow with { MaxCharacters = int.Parse(line[Key.Length..], CultureInfo.InvariantCulture) };
    }
}
