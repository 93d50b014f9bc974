using Runner.Workflows.Model;
using Runner.Workflows.Model.Calls;

namespace Runner.Workflows.Tests.Model.Calls;

public sealed class CalledWorkflowsTests
{
    private const string Caller = ".github/workflows/ci.yml";

    [Fact]
    public async Task Called_workflows_hang_on_their_calls_and_share_one_table_of_files()
    {
        var reading = await ReadAsync(
            "on: push\njobs:\n  a: {uses: o/r/.github/workflows/x.yml@v1}",
            ("o/r/.github/workflows/x.yml@v1", "on: workflow_call\njobs:\n  b: {uses: ./.github/workflows/y.yml}"),
            ("o/r/.github/workflows/y.yml@v1", "on: workflow_call\njobs:\n  c: {runs-on: x}"));

        Assert.Empty(reading.Diagnostics);
        var inner = reading.Workflow?.Jobs[0].Calls?.Workflow?.Jobs[0].Calls?.Workflow;
        Assert.Equal("c", inner?.Jobs[0].Id);
        Assert.Equal([Caller, "o/r/.github/workflows/x.yml@v1", "o/r/.github/workflows/y.yml@v1"], inner?.FileTable);
        Assert.Equal(3, inner?.Jobs[0].Position?.File);
    }

    public static TheoryData<string, string, string> Broken => new()
    {
        // call                                        called workflow                                                     problem
        { "{uses: ./x.yml}",                            "on: push\njobs: {b: {runs-on: x}}",                                "In .github/workflows/ci.yml (Line: 3, Col: 13): Error from called workflow ./x.yml (Line: 1, Col: 5): workflow_call key is not defined in the referenced workflow." },
        { "{uses: ./x.yml}",                            "on: workflow_call\njobs: {b: {}}",                                 "In .github/workflows/ci.yml (Line: 3, Col: 13): Error from called workflow ./x.yml (Line: 2, Col: 11): There's not enough info to determine what you meant. Add one of these properties: cancel-timeout-minutes, container, continue-on-error, defaults, env, environment, outputs, runs-on, secrets, services, snapshot, steps, timeout-minutes, uses, with" },
        { "{uses: ./y.yml}",                            "",                                                                 ".github/workflows/ci.yml (Line: 3, Col: 13): error parsing called workflow \".github/workflows/ci.yml\" -> \"./y.yml\" : workflow was not found." },
        { "{uses: ./x.yml, with: {Lvel: 1}}",           "on: {workflow_call: {inputs: {level: {type: number}}}}\njobs: {b: {runs-on: x}}", ".github/workflows/ci.yml (Line: 3, Col: 35): Invalid input, Lvel is not defined in the referenced workflow; did you mean 'level'?" },
        { "{uses: ./x.yml, with: {LEVEL: high}}",       "on: {workflow_call: {inputs: {level: {type: number}}}}\njobs: {b: {runs-on: x}}", ".github/workflows/ci.yml (Line: 3, Col: 36): Unexpected value 'high'" },
        { "{uses: ./x.yml}",                            "on: {workflow_call: {inputs: {on: {type: boolean, default: 'yes'}}}}\njobs: {b: {runs-on: x}}", "In .github/workflows/ci.yml (Line: 3, Col: 13): Error from called workflow ./x.yml (Line: 1, Col: 60): Unexpected value 'yes'" },
        { "{uses: ./x.yml, secrets: {a: b}}",           "on: workflow_call\njobs: {b: {runs-on: x}}",                       ".github/workflows/ci.yml (Line: 3, Col: 35): Invalid secret, a is not defined in the referenced workflow." },
        { "{uses: ./x.yml, permissions: {}}",           "on: workflow_call\npermissions: {contents: read}\njobs: {b: {runs-on: x}}", ".github/workflows/ci.yml (Line: 3, Col: 3): Error calling workflow './x.yml'. The workflow './x.yml' is requesting 'contents: read', but is only allowed 'contents: none'." },
    };

    [Theory, MemberData(nameof(Broken))]
    public async Task Call_that_does_not_fit_is_refused(string call, string called, string problem)
    {
        var reading = await ReadAsync($"on: push\njobs:\n  a: {call}", ("./x.yml", called));

        Assert.Null(reading.Workflow);
        Assert.Equal([problem], reading.Diagnostics.Select(diagnostic => diagnostic.ToString()));
    }

    [Fact]
    public async Task Workflow_that_calls_itself_ends_at_the_depth_of_calls()
    {
        var reading = await ReadAsync("on: push\njobs:\n  a: {uses: ./x.yml}", ("./x.yml", "on: workflow_call\njobs:\n  a: {uses: ./x.yml}"));

        Assert.Equal(["Nested reusable workflow depth exceeded 9."], reading.Diagnostics.Select(diagnostic => diagnostic.GitHubText));
    }

    [Fact]
    public void Without_a_source_calls_stay_as_they_are()
    {
        var reading = WorkflowFile.Read(Caller, "on: push\njobs:\n  a: {uses: ./x.yml}");

        Assert.Empty(reading.Diagnostics);
        Assert.Null(reading.Workflow?.Jobs[0].Calls?.Workflow);
    }

    private static Task<WorkflowReading> ReadAsync(string text, params (string Reference, string Text)[] called) => WorkflowFile.ReadWithCallsAsync(
        Caller,
        text,
        new WorkflowFiles(called.ToDictionary(file => file.Reference, file => file.Text)),
        WorkflowReadOptions.Default,
        TestContext.Current.CancellationToken);
}
