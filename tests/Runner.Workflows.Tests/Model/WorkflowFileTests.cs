using Runner.Testing;
using Runner.Workflows.Model;

namespace Runner.Workflows.Tests.Model;

public sealed class WorkflowFileTests
{
    [Fact]
    public void Every_problem_is_told_at_once_with_its_place_and_the_nearest_name()
    {
        var reading = WorkflowFile.Read(".github/workflows/ci.yml", """
            on: psuh
            enviroment: {A: 1}
            jobs:
              build:
                runson: ubuntu-latest
                needs: [tset, release]
                timeout-minutes: soon
                steps:
                  - run: echo ${{ secret.X }}
                    shel: bash
                  - uses: actions/checkout
                  - name: nothing
                  - id: 1a
                    run: x
                  - {id: dup, run: x}
                  - {id: dup, run: x}
              test:
                runs-on: [self-hosted, "${{ matrix.os }"]
                env: [A]
                if: succes()
            """);

        Assert.Null(reading.Workflow);
        Golden.Check("every-problem.txt", string.Join('\n', reading.Diagnostics.Select(diagnostic => diagnostic.ToString())));
    }

    public static TheoryData<string, string[]> Broken => new()
    {
        { "", ["w.yml (Line: 1, Col: 1): Unexpected value ''"] },
        { "- a", ["w.yml (Line: 1, Col: 1): A sequence was not expected"] },
        { "on: push\njobs: {}", ["w.yml (Line: 2, Col: 7): The workflow must contain at least one job with no dependencies."] },
        { "on: push\njobs:\n  a: {needs: b, runs-on: x}\n  b: {needs: a, runs-on: x}", ["w.yml (Line: 3, Col: 3): The workflow must contain at least one job with no dependencies."] },
        {
            "on: push\njobs:\n  first: {runs-on: x}\n  a: {needs: [first, b], runs-on: x}\n  b: {needs: a, runs-on: x}\n  c: {needs: b, runs-on: x}",
            [
                "w.yml (Line: 4, Col: 22): Job 'a' depends on job 'b' which creates a cycle in the dependency graph.",
                "w.yml (Line: 5, Col: 14): Job 'b' depends on job 'a' which creates a cycle in the dependency graph.",
            ]
        },
        { "on: push\njobs:\n  build: {runs-on: x}\n  b: {needs: biuld, runs-on: x}", ["w.yml (Line: 4, Col: 14): Job 'b' depends on unknown job 'biuld'; did you mean 'build'?"] },
        { "on: push\njobs:\n  a: {runs-on: x, steps: [{with: {x: y}}]}", ["w.yml (Line: 3, Col: 27): Required property is missing: uses"] },
        { "on: push\njobs:\n  a: {name: x}", ["w.yml (Line: 3, Col: 6): There's not enough info to determine what you meant. Add one of these properties: cancel-timeout-minutes, container, continue-on-error, defaults, env, environment, outputs, runs-on, secrets, services, snapshot, steps, timeout-minutes, uses, with"] },
        { "on: push\njobs:\n  a: {runs-on: x, env: {A: '${{ env.B }}'}}", ["w.yml (Line: 3, Col: 33): Unrecognized named-value: 'env'. Located at position 1 within expression: env.B; expected one of: github, inputs, vars, needs, strategy, matrix, secrets"] },
        { "on: push\njobs:\n  a: {runs-on: x, steps: [{uses: '${{ github.x }}'}]}", ["w.yml (Line: 3, Col: 34): A template expression is not allowed in this context"] },
        { "on: push\njobs:\n  a: {runs-on: x, if: 'github.x = 1'}", ["w.yml (Line: 3, Col: 33): Unexpected symbol: '='. Located at position 10 within expression: github.x = 1"] },
        { "on: push\njobs:\n  a: {runs-on: x, steps: [{id: __a, run: x}]}", ["w.yml (Line: 3, Col: 32): The identifier '__a' is invalid. IDs starting with '__' are reserved."] },
        { "on: push\njobs:\n  a: {runs-on: x, steps: [{id: one, run: x}, {wait: oen}]}", ["w.yml (Line: 3, Col: 53): Step 'oen' is not a step of this job; did you mean 'one'?"] },
        { "on: push\nconcurrency: {cancel-in-progress: true}\njobs: {a: {runs-on: x}}", ["w.yml (Line: 2, Col: 14): Required property is missing: group"] },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Problem_is_said_letter_by_letter(string text, string[] expected)
    {
        var reading = WorkflowFile.Read("w.yml", text);

        Assert.Null(reading.Workflow);
        Assert.Equal(expected, reading.Diagnostics.Select(diagnostic => diagnostic.ToString()));
    }

    public static TheoryData<string, string> Conditions => new()
    {
        // if                                       condition
        { "",                                       "success()" },
        { "null",                                   "success()" },
        { "''",                                     "success()" },
        { "true",                                   "success() && (true)" },
        { "github.ref == 'x'",                      "success() && (github.ref == 'x')" },
        { "${{ github.ref == 'x' }}",               "success() && (github.ref == 'x')" },
        { "'!cancelled()'",                         "!cancelled()" },
        { "${{ always() && github.x }}",            "always() && github.x" },
        { "contains('success()', github.x)",        "success() && (contains('success()', github.x))" },
        { "false || ${{ true }}",                   "success() && (format('false || {0}', true))" },
    };

    [Theory, MemberData(nameof(Conditions))]
    public void Condition_gets_its_status_function(string written, string expected)
    {
        var reading = WorkflowFile.Read("w.yml", $"on: push\njobs:\n  a:\n    if: {written}\n    runs-on: x\n    steps:\n      - run: x\n        if: {written}\n");

        Assert.Empty(reading.Diagnostics);
        var job = Assert.Single(reading.Workflow?.Jobs ?? []);
        Assert.Equal(expected, job.Condition);
        Assert.Equal(expected, Assert.IsType<RunStep>(Assert.Single(job.Steps)).Condition);
    }

    [Fact]
    public void Steps_shared_by_an_anchor_are_read_for_each_job()
    {
        var reading = WorkflowFile.Read("w.yml", "on: push\njobs:\n  a: {runs-on: x, steps: &s [{run: x}, {run: y}]}\n  b: {runs-on: x, steps: *s}\n");

        Assert.Empty(reading.Diagnostics);
        Assert.All(reading.Workflow?.Jobs ?? [], job => Assert.Equal(["__run", "__run_2"], job.Steps.Select(step => step.Id)));
    }
}
