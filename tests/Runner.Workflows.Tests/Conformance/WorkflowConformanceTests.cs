using System.Text.Json.Nodes;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Template;
using Runner.Workflows.Yaml;
using GitHubData = Runner.Testing.Conformance;

namespace Runner.Workflows.Tests.Conformance;

/// <summary>GitHub's own suite for workflow parsers: verdict, messages, places, converted template.</summary>
public sealed class WorkflowConformanceTests
{
    // The suite is older than anchors in workflows: its parser has them switched off.
    private static readonly WorkflowReadOptions AsSuite = new()
    {
        StopsAsGitHub = true,
        Limits = YamlLimits.Workflow with { AllowsAnchors = false },
    };

    public static TheoryData<string> Files => [.. GitHubData.Cases("workflows", "*.yml")];

    [Theory, MemberData(nameof(Files))]
    public async Task Workflow_is_read_as_github_reads_it(string name)
    {
        Assert.SkipWhen(GitHubData.Folder is null, GitHubData.SkipReason);
        var suite = Assert.IsType<SuiteFile>(SuiteFile.TryRead(File.ReadAllText(GitHubData.Files("workflows", name + ".yml").Single())));

        var reading = await WorkflowFile.ReadWithCallsAsync(
            $".github/workflows/{name}.yml", suite.Workflow, suite.Source, suite.Apply(AsSuite), TestContext.Current.CancellationToken);

        var expected = JsonNode.Parse(suite.Expected);
        var actual = WorkflowTemplate.ToJson(reading, suite.Form);
        Assert.True(JsonNode.DeepEquals(expected, actual), $"Expected {expected?.ToJsonString()}\nbut got  {actual.ToJsonString()}");
    }
}
