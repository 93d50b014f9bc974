using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Jobs.Tokens;
using Runner.Workflows.Messages;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;
using static Runner.Workflows.Tests.Planning.Plans;

namespace Runner.Workflows.Tests.Planning.Calls;

public sealed class CalledWorkflowTests
{
    private const string Deploy = """
        on:
          workflow_call:
            inputs:
              target: {type: string, required: true}
              count: {type: number, default: 3}
              dry: {type: boolean}
            secrets:
              KEY: {required: true}
            outputs:
              url: {value: "${{ jobs.ship.outputs.url }}/${{ jobs.ship.result }}"}
        jobs:
          ship:
            name: Ship ${{ inputs.target }} ${{ inputs.count }} ${{ inputs.dry }}
            runs-on: x
            outputs: {url: "${{ steps.a.outputs.url }}"}
            steps: [{run: x}]
          after: {needs: ship, runs-on: x, steps: [{run: x}]}
        """;

    private static readonly GivenWorkflows Files = new(
        ("./deploy.yml", Deploy),
        ("./outer.yml", "on: workflow_call\njobs: {inner: {uses: ./leaf.yml}}"),
        ("./leaf.yml", "on: workflow_call\njobs: {leaf: {runs-on: x, steps: [{run: x}]}}"),
        ("./loop.yml", "on: workflow_call\njobs: {again: {uses: ./loop.yml}}"),
        ("./push.yml", "on: push\njobs: {j: {runs-on: x}}"),
        ("./bad.yml", "on: workflow_call\njobs: {j: {runs-on: x, stepz: []}}"),
        ("acme/tools/ci/remote.yml@v1", "on: workflow_call\njobs: {near: {uses: $/ci/leaf.yml}}"),
        ("acme/tools/ci/leaf.yml@v1", "on: workflow_call\njobs: {leaf: {runs-on: x, steps: [{run: x}]}}"));

    [Fact]
    public async Task Secrets_of_the_run_that_calls_did_not_pass_on_are_known_by_name()
    {
        var run = await Files.RunAsync("""
            on: push
            jobs:
              own: {runs-on: x, steps: [{run: x}]}
              none: {uses: ./leaf.yml}
              all: {uses: ./leaf.yml, secrets: inherit}
              lost: {uses: ./outer.yml, secrets: inherit}
            """);

        Assert.Equal(
            ["own: ", "none / leaf: MY_SECRET", "all / leaf: ", "lost / inner / leaf: MY_SECRET"],
            run.Start().Ready.Select(job => $"{job.DisplayName}: {string.Join(",", job.SecretsNotPassed)}"));
    }

    [Fact]
    public async Task Called_jobs_run_with_typed_inputs_and_give_outputs_back()
    {
        var run = await Files.RunAsync("""
            on: push
            jobs:
              prod:
                uses: ./deploy.yml
                with: {target: "${{ vars.LEVEL }}x", dry: true}
                secrets: {KEY: "${{ secrets.MY_SECRET }}"}
              last: {needs: prod, name: "at ${{ needs.prod.outputs.url }}", runs-on: x, steps: [{run: x}]}
            """);

        Assert.Equal(["prod / Ship 2x 3 true"], Ready(run.Start()));
        var afterShip = run.Complete(new PlannedJobId("prod/ship", 0), Conclusion.Succeeded, [new("url", "https://x")]);
        Assert.Equal(["prod / after"], Ready(afterShip));
        Assert.Equal(["at https://x/success"], Ready(run.Complete(new PlannedJobId("prod/after", 0), Conclusion.Succeeded, [])));
    }

    [Fact]
    public async Task Called_jobs_see_their_own_secrets_and_file()
    {
        var run = await Files.RunAsync("""
            on: push
            permissions: {contents: read}
            jobs: {prod: {uses: ./deploy.yml, with: {target: a}, secrets: {KEY: "x-${{ secrets.MY_SECRET }}"}}}
            """);

        var message = Assert.Single(run.Start().Ready).ToJobMessage(new JobMessageContext
        {
            PlanId = new PlanId(Guid.Empty),
            JobId = new JobId(Guid.Empty),
            SystemConnection = new ServiceEndpoint(),
            GitHubToken = new Secret("t"),
        });

        Assert.Equal("x-s3cr3t", message.Variables["KEY"].Value);
        Assert.False(message.Variables.ContainsKey("MY_SECRET"));
        Assert.Equal("deploy.yml", message.Variables["system.workflowFilePath"].Value);
        Assert.Equal("ship", message.Variables["system.github.job"].Value);
        Assert.Equal("""{"Contents":"read","Metadata":"read"}""", message.Variables["system.github.token.permissions"].Value);
    }

    [Fact]
    public async Task Calls_nest_and_stay_in_the_repository_that_they_are_in()
    {
        var run = await Files.RunAsync("on: push\njobs: {a: {uses: ./outer.yml}, b: {uses: acme/tools/ci/remote.yml@v1, needs: a}}");

        Assert.Equal(["a / inner / leaf"], Ready(run.Start()));
        Assert.Equal(["b / near / leaf"], Ready(run.Complete(new PlannedJobId("a/inner/leaf", 0), Conclusion.Succeeded, [])));
        run.Complete(new PlannedJobId("b/near/leaf", 0), Conclusion.Succeeded, []);
        Assert.Equal(Conclusion.Succeeded, run.Conclusion);
    }

    [Fact]
    public async Task Matrix_of_calls_stops_with_the_first_failure()
    {
        var run = await Files.RunAsync("""
            on: push
            jobs:
              m: {strategy: {matrix: {t: [a, b]}}, uses: ./deploy.yml, with: {target: "${{ matrix.t }}"}, secrets: {KEY: k}}
              never: {needs: m, runs-on: x, steps: [{run: x}]}
            """);
        Assert.Equal(["m (a) / Ship a 3 false", "m (b) / Ship b 3 false"], Ready(run.Start()));

        var changes = run.Complete(new PlannedJobId("m/ship", 0), Conclusion.Failed, []);

        Assert.Equal(["m/after Skipped"], Concluded(changes));
        Assert.Equal([new PlannedJobId("m[1]/ship", 0)], changes.ToCancel.Select(job => job.Id));
        Assert.Equal(["m[1]/after Canceled", "never Skipped"], Concluded(run.Complete(new PlannedJobId("m[1]/ship", 0), Conclusion.Canceled, [])));
        Assert.Equal(Conclusion.Failed, run.Conclusion);
    }

    [Fact]
    public async Task Cancelling_the_run_reaches_called_jobs()
    {
        var run = await Files.RunAsync("on: push\njobs: {a: {uses: ./outer.yml}}");
        run.Start();

        Assert.Equal([new PlannedJobId("a/inner/leaf", 0)], run.Cancel().ToCancel.Select(job => job.Id));
        run.Complete(new PlannedJobId("a/inner/leaf", 0), Conclusion.Canceled, []);
        Assert.Equal(Conclusion.Canceled, run.Conclusion);
    }

    [Theory]
    [InlineData("./none.yml",                    "workflow was not found")]
    [InlineData("./push.yml",                    "workflow_call key is not defined in the referenced workflow")]
    [InlineData("./loop.yml",                    "Nested reusable workflow depth exceeded 9")]
    [InlineData("./bad.yml",                     "Unexpected value 'stepz'")]
    [InlineData("./deploy.yml, secrets: inherit", "Input target is required, but not provided while calling.")]
    [InlineData("./deploy.yml, secrets: inherit, with: {target: a, x: b}", "Invalid input, x is not defined in the referenced workflow.")]
    [InlineData("./deploy.yml, with: {target: a}", "Secret KEY is required, but not provided while calling.")]
    public async Task Run_with_a_call_that_cannot_be_is_not_planned(string uses, string expected)
    {
        var planning = await Files.PlanAsync($"on: push\njobs: {{j: {{uses: {uses}}}}}");

        Assert.Null(planning.Plan);
        Assert.Contains(planning.Diagnostics, diagnostic => diagnostic.Message.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_whose_values_do_not_fit_fails_its_job()
    {
        var run = await Files.RunAsync("""
            on: push
            jobs: {j: {uses: ./deploy.yml, with: {target: a, dry: "${{ format('true') }}"}, secrets: {KEY: k}}}
            """);

        Assert.Contains("Input dry: 'true' is no boolean", Assert.Single(run.Start().Concluded).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("boolean", "Input in: '' is no boolean")]
    [InlineData("number", "Input in: '' is no number")]
    [InlineData("string", null)]
    public async Task Absent_value_is_no_value_of_a_typed_input(string type, string? expected)
    {
        var files = new GivenWorkflows(("./called.yml", $"on: {{workflow_call: {{inputs: {{in: {{type: {type}}}}}}}}}\njobs: {{a: {{runs-on: x, steps: [{{run: x}}]}}}}"));
        var run = await files.RunAsync("on: push\njobs: {j: {uses: ./called.yml, with: {in: \"${{ inputs.absent }}\"}}}");

        var changes = run.Start();

        Assert.Equal(expected is null, changes.Ready.Length == 1);
        Assert.Contains(expected ?? "", changes.Concluded.FirstOrDefault()?.Reason ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_environment_and_token_reach_the_jobs_of_called_workflows()
    {
        var planning = await Files.PlanAsync(
            """
            on: push
            jobs: {prod: {uses: ./deploy.yml, with: {target: a}, secrets: {KEY: "${{ secrets.GITHUB_TOKEN }}"}}}
            """,
            Request with { Env = [new("ACT", "true")], GitHubToken = new Secret("gh") });

        var message = Assert.Single(new RunState(Assert.IsType<RunPlan>(planning.Plan)).Start().Ready).ToJobMessage(new JobMessageContext
        {
            PlanId = new PlanId(Guid.Empty),
            JobId = new JobId(Guid.Empty),
            SystemConnection = new ServiceEndpoint(),
            GitHubToken = new Secret("t"),
        });

        Assert.Equal("gh", message.Variables["KEY"].Value);
        var variable = Assert.Single(Assert.IsType<MappingToken>(message.EnvironmentVariables[0]).Entries);
        Assert.Equal("ACT true", $"{variable.Key} {variable.Value}");
    }
}
