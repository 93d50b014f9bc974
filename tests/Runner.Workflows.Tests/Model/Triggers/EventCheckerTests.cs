using Runner.Jobs.Data;
using Runner.Workflows.Model;
using Runner.Workflows.Planning.Triggers;

namespace Runner.Workflows.Tests.Model.Triggers;

/// <summary><c>on</c> as GitHub's service reads it: what it leaves alone there is a warning, and the workflow runs.</summary>
public sealed class EventCheckerTests
{
    private const string Jobs = "\njobs: {a: {runs-on: x, steps: [{run: x}]}}";

    public static TheoryData<string, string[]> Tolerated => new()
    {
        { "on: {create: {tags: [v*]}}",                          ["1:14 A mapping was not expected"] },
        { "on: {push: {types: [opened]}}",                       ["1:13 Unexpected value 'types'; did you mean 'tags'?"] },
        { "on: {push: {branchs: [main]}}",                       ["1:13 Unexpected value 'branchs'; did you mean 'branches'?"] },
        { "on: {issues: {types: [opened, frobbed]}}",            ["1:31 Unexpected value 'frobbed'"] },
        { "on: {issue_comment: {branches: [main], types: [created]}}", ["1:22 Unexpected value 'branches'"] },
        { "on: {workflow_dispatch: {unknown: x}}",               ["1:26 Unexpected value 'unknown'; expected one of: inputs"] },
        { "on: {workflow_dispatch: {inputs: }}",                 ["1:34 Unexpected value ''"] },
        { "on: {workflow_dispatch: {inputs: {a: , b: {deprecated: true}}}}", ["1:38 Unexpected value ''", "1:44 Unexpected value 'deprecated'"] },
        { "on: {schedule: [{cron: '0 0 * * *', zone: x}]}",      ["1:37 Unexpected value 'zone'"] },
        { "on: {release: {types: }}",                            ["1:23 Unexpected value ''"] },
    };

    [Theory, MemberData(nameof(Tolerated))]
    public void What_GitHub_leaves_alone_is_a_warning(string on, string[] expected)
    {
        var reading = WorkflowFile.Read("w.yml", on + Jobs);

        Assert.Empty(reading.Diagnostics);
        Assert.NotNull(reading.Workflow);
        var warnings = reading.Warnings.Select(warning => $"{warning.Line}:{warning.Column} {warning.Message}{(warning.Hint is null ? "" : "; " + warning.Hint)}").ToList();
        Assert.Equal(expected.Length, warnings.Count);
        Assert.All(expected.Zip(warnings), pair => Assert.StartsWith(pair.First.Split(';')[0], pair.Second, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("on: {create: {tags: [v*], branches: [none]}}", "create")]
    [InlineData("on: {issue_comment: {branches: [other], paths: [none]}}", "issue_comment")]
    [InlineData("on: {push: {types: [nothing]}}", "push")]
    public void Filter_that_is_none_of_the_event_keeps_nothing_out(string on, string name)
    {
        var workflow = Assert.IsType<Workflow>(WorkflowFile.Read("w.yml", on + Jobs).Workflow);

        var verdict = WorkflowTriggers.Judge(workflow, new TriggeringEvent
        {
            Name = name,
            Ref = "refs/heads/main",
            Payload = DictionaryData.FromStrings([new("action", "created"), new("ref", "main")]),
        });

        Assert.Equal(TriggerKind.Runs, verdict.Kind);
    }

    [Theory]
    [InlineData("on: zzz_event")]
    [InlineData("on: [push, zzz_event]")]
    [InlineData("on: {zzz_event: {branches: [main]}}")]
    public void Unknown_event_is_a_mistake_but_in_a_run(string on)
    {
        var strict = WorkflowFile.Read("w.yml", on + Jobs);
        var run = WorkflowFile.Read("w.yml", on + Jobs, WorkflowReadOptions.Run);

        Assert.Equal("Unexpected value 'zzz_event'", Assert.Single(strict.Diagnostics).Message);
        Assert.NotNull(run.Workflow);
        Assert.Equal("Unexpected value 'zzz_event'", Assert.Single(run.Warnings).Message);
    }

    [Theory]
    [InlineData("on: push\nzzz-new: 1\njobs: {a: {runs-on: x}}", "zzz-new")]
    [InlineData("on: push\njobs: {a: {runs-on: x, zzz-new: {a: b}}}", "zzz-new")]
    [InlineData("on: push\njobs: {a: {runs-on: x, steps: [{run: x, zzz-new: true}]}}", "zzz-new")]
    [InlineData("on: push\npermissions: {zzz-new: read}\njobs: {a: {runs-on: x}}", "zzz-new")]
    [InlineData("on: push\njobs: {a: {runs-on: x, container: {image: i, zzz-new: 1}}}", "zzz-new")]
    public void Unknown_key_is_a_mistake_but_in_a_run_where_it_is_left_out(string text, string key)
    {
        var strict = WorkflowFile.Read("w.yml", text);
        var run = WorkflowFile.Read("w.yml", text, WorkflowReadOptions.Run);

        Assert.Equal($"Unexpected value '{key}'", Assert.Single(strict.Diagnostics).Message);
        Assert.NotNull(run.Workflow);
        Assert.Equal($"Unexpected value '{key}'", Assert.Single(run.Warnings).Message);
        Assert.Null((run.Workflow.Jobs[0].Container?.Written as Runner.Jobs.Tokens.MappingToken)?.Find(key));
    }

    [Theory]
    [InlineData("on: psuh\njobs: {a: {runs-on: x}}")]
    [InlineData("on: push\njobs: {a: {runs-on: x, timeout-minuts: 1}}")]
    [InlineData("on: push\njobs: {a: {runs-on: x, env: {<<: x}, <<: {}}}")]
    public void Slip_is_a_mistake_in_a_run_too(string text) =>
        Assert.Single(WorkflowFile.Read("w.yml", text, WorkflowReadOptions.Run).Diagnostics);

    [Fact]
    public void Default_of_a_called_workflows_input_must_have_its_type()
    {
        var reading = WorkflowFile.Read("w.yml", "on: {workflow_call: {inputs: {a: {type: boolean, default: soon}, b: {type: number, default: 1}}}}" + Jobs);

        Assert.Equal("The default 'soon' of input 'a' is not true or false", Assert.Single(reading.Warnings).Message);
    }
}
