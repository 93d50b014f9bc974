using Runner.Jobs.Outcomes;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;
using Runner.Workflows.Tests.Planning.Calls;
using static Runner.Workflows.Tests.Planning.Plans;

namespace Runner.Workflows.Tests.Runs;

/// <summary>What a run would come to, as far as that can be known before any job has made an output.</summary>
public sealed class PreviewTests
{
    [Fact]
    public void What_hangs_on_outputs_is_not_known_and_no_failure()
    {
        var shown = Preview(Create("""
            on: push
            jobs:
              gen: {runs-on: x, outputs: {l: "${{ steps.a.outputs.l }}"}, steps: [{run: x}]}
              skipped: {if: false, runs-on: x, steps: [{run: x}]}
              legs: {needs: gen, strategy: {matrix: {x: "${{ fromJSON(needs.gen.outputs.l) }}"}}, runs-on: "${{ matrix.x }}", steps: [{run: x}]}
              condition: {needs: gen, if: "needs.gen.outputs.l == 'yes'", runs-on: x, steps: [{run: x}]}
              runner: {needs: gen, runs-on: "${{ needs.*.outputs.l }}", steps: [{run: x}]}
              whole: {needs: gen, if: "contains(toJSON(needs), 'gen')", name: "for ${{ needs['gen'].outputs[github.sha] }}", runs-on: x, steps: [{run: x}]}
              after: {needs: [legs, condition, runner], if: "!failure() && needs.legs.result == 'success'", runs-on: x, steps: [{run: x}]}
              without: {needs: skipped, if: "always() && needs.skipped.outputs.l == ''", runs-on: x, steps: [{run: x}]}
              wrong: {needs: gen, timeout-minutes: "${{ fromJSON('{') }}", runs-on: x, steps: [{run: x}]}
              both: {needs: gen, name: "for ${{ needs.gen.outputs.l }}", timeout-minutes: "${{ fromJSON('{') }}", runs-on: x, steps: [{run: x}]}
            """));

        Assert.Equal(
            [
                "skipped Skipped", "gen runs", "without runs", "legs ? strategy", "condition ? if", "runner ? runs-on", "wrong Failed", "both Failed", "for runs ? if, name", "after runs",
            ],
            shown);
    }

    [Fact]
    public async Task Inputs_that_a_call_makes_of_outputs_are_not_known_to_its_jobs()
    {
        var files = new GivenWorkflows(("./called.yml", """
            on: {workflow_call: {inputs: {count: {type: number}, plain: {type: string}}, outputs: {o: {value: "${{ fromJSON(jobs.a.outputs.o).x }}"}}}}
            jobs:
              a: {if: "inputs.count > 3", runs-on: x, outputs: {o: "1"}, steps: [{run: x}]}
              b: {if: "inputs.plain == 'p'", runs-on: x, steps: [{run: x}]}
            """));
        var plan = await files.PlanAsync("""
            on: push
            jobs:
              gen: {runs-on: x, outputs: {n: "${{ steps.a.outputs.n }}"}, steps: [{run: x}]}
              known: {uses: ./called.yml, with: {count: 4, plain: p}}
              some: {needs: gen, uses: ./called.yml, with: {count: "${{ fromJSON(needs.gen.outputs.n || '1') }}", plain: p}}
              open: {needs: gen, if: "needs.gen.outputs.n != 1", uses: ./called.yml, with: {count: 4, plain: p}}
              last: {needs: known, runs-on: x, steps: [{run: x}]}
            """);

        Assert.Equal(
            [
                "gen runs", "known / a runs", "known / b runs", "some / a ? if", "some / b runs", "open / a runs ? if", "open / b runs ? if", "last runs",
            ],
            Preview(Assert.IsType<RunPlan>(plan.Plan)));
    }

    [Fact]
    public void Run_itself_takes_outputs_as_they_are()
    {
        var run = new RunState(Create("""
            on: push
            jobs:
              gen: {runs-on: x, steps: [{run: x}]}
              legs: {needs: gen, strategy: {matrix: {x: "${{ fromJSON(needs.gen.outputs.l) }}"}}, runs-on: x, steps: [{run: x}]}
            """));
        run.Start();

        var changes = run.Complete(new PlannedJobId("gen", 0), Conclusion.Succeeded, []);

        Assert.Equal(Conclusion.Failed, Assert.Single(changes.Concluded).Conclusion);
    }

    private static IEnumerable<string> Preview(RunPlan plan)
    {
        var state = RunState.Preview(plan);
        var changes = new Queue<RunChanges>([state.Start()]);
        while (changes.TryDequeue(out var next))
        {
            foreach (var ended in next.Concluded)
            {
                yield return $"{ended.DisplayName} {(ended.Unknown.IsEmpty ? ended.Conclusion.ToString() : $"? {string.Join(", ", ended.Unknown)}")}";
            }

            foreach (var job in next.Ready)
            {
                yield return $"{job.DisplayName.TrimEnd()} runs{(job.Unknown.IsEmpty ? string.Empty : $" ? {string.Join(", ", job.Unknown)}")}";
                changes.Enqueue(state.Complete(job.Id, Conclusion.Succeeded, []));
            }
        }
    }
}
