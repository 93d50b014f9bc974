using Runner.Execution.Node;
using Runner.Jobs.Messages;
using Runner.Testing;

namespace Runner.Execution.Tests.Node;

public sealed class NodeVersionTests
{
    private const string Force = "FORCE_JAVASCRIPT_ACTIONS_TO_NODE24";
    private const string Require = "actions.runner.requirenode24";
    private const string Default = "actions.runner.usenode24bydefault";

    public static TheoryData<string, string, string, string, string, int> Cases => new()
    {
        // using    feature  workflow                          machine                          architecture  version
        { "node24", "",      "",                               "",                              "X64",        24 },
        { "node24", "",      "",                               "",                              "ARM",        20 },
        { "node20", "",      "",                               "",                              "X64",        20 },
        { "node12", "",      "",                               "",                              "X64",        20 },
        { "node20", Require, NodeVersion.AllowOld + "=true",   "",                              "X64",        24 },
        { "node20", Default, "",                               "",                              "X64",        24 },
        { "node20", Default, NodeVersion.AllowOld + "=true",   "",                              "X64",        20 },
        { "node20", Default, "",                               NodeVersion.AllowOld + "=true",  "X64",        20 },
        { "node20", Default, NodeVersion.AllowOld + "=false",  NodeVersion.AllowOld + "=true",  "X64",        24 },
        { "node20", Default, NodeVersion.AllowOld + "=maybe",  "",                              "X64",        24 },
        { "node20", "",      Force + "=true",                  "",                              "X64",        24 },
        { "node20", "",      "",                               Force + "=True",                 "X64",        24 },
        { "node20", "",      Force + "=false",                 Force + "=true",                 "X64",        20 },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Switches_of_GitHub_workflow_and_machine_decide_in_this_order(
        string @using, string feature, string workflow, string machine, string architecture, int major)
    {
        var version = NodeVersion.Of(@using, Job(feature), Variables(workflow), Variables(machine), architecture);

        Assert.Equal((major, null), (version.Major, version.Warning));
        Assert.Equal(feature == Default && major == 20, version.IsOldAskedFor);
    }

    [Theory]
    [InlineData("", 20)]
    [InlineData(Default, 24)]
    public void Both_switches_in_one_place_cancel_each_other_and_are_warned_of(string feature, int major)
    {
        var both = Variables($"{Force}=true {NodeVersion.AllowOld}=true");

        NodeVersion[] versions = [NodeVersion.Of("node20", Job(feature), both, Variables(""), "X64"), NodeVersion.Of("node20", Job(feature), Variables(""), both, "X64")];

        Assert.All(versions, version => Assert.Equal(major, version.Major));
        Assert.All(versions, version => Assert.Equal(
            $"Both {Force} and {NodeVersion.AllowOld} are set to true in the same place: node{major} is used, as without them", version.Warning));
    }

    private static JobMessage Job(string feature) =>
        Some.Job() with { Variables = feature.Length == 0 ? [] : new Dictionary<string, VariableValue> { [feature] = new() { Value = "true" } } };

    private static Dictionary<string, string> Variables(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(variable => variable.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]);
}
