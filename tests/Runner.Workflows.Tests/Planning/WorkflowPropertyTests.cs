using System.Text;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;

namespace Runner.Workflows.Tests.Planning;

public sealed class WorkflowPropertyTests
{
    private const string Seed = """
        name: CI
        on: {push: {branches: [main]}}
        env: {A: "${{ vars.LEVEL }}"}
        jobs:
          a:
            runs-on: [self-hosted, linux]
            outputs: {v: "${{ steps.one.outputs.v }}"}
            steps: &steps
              - {id: one, run: "echo ${{ github.sha }}", if: "always() && true"}
              - uses: actions/checkout@v4
          b:
            needs: a
            if: needs.a.result == 'success'
            strategy: {matrix: {os: [x, y], include: [{os: x, n: 1}], exclude: [{os: y}]}, max-parallel: 1}
            runs-on: ${{ matrix.os }}
            timeout-minutes: ${{ matrix.n }}
            container: {image: "debian:12", env: {B: "${{ secrets.X }}"}}
            steps: *steps
        """;

    [Fact(Timeout = 120_000)]
    public Task No_workflow_makes_reader_planner_or_run_throw_or_hang() => Task.Run(() =>
    {
        const string Pieces = "${{ }} needs matrix . ( ) ' \" : , [ ] { } - * & ! true 1 \n  insert if: runs-on: steps: success() fromJSON('[]')";
        var pieces = Pieces.Split(' ');
        var random = new Random(7);
        var planned = 0;
        for (var round = 0; round < 2_000; round++)
        {
            var text = new StringBuilder(Seed.ReplaceLineEndings("\n"));
            for (var edit = random.Next(1, 4); edit > 0; edit--)
            {
                var at = random.Next(text.Length);
                text.Remove(at, Math.Min(random.Next(3), text.Length - at)).Insert(at, pieces[random.Next(pieces.Length)]);
            }

            var reading = WorkflowFile.Read("w.yml", text.ToString());

            Assert.Equal(reading.Diagnostics.IsEmpty, reading.Workflow is not null);
            if (reading.Workflow is not null && RunPlan.Create(reading.Workflow, Plans.Request).Plan is { } plan)
            {
                planned++;
                RunToTheEnd(new RunState(plan));
            }
        }

        Assert.True(planned > 100, $"Only {planned} workflows were still valid");
    }, TestContext.Current.CancellationToken);

    private static void RunToTheEnd(RunState run)
    {
        var ready = new Queue<PlannedJob>(run.Start().Ready);
        while (ready.TryDequeue(out var job))
        {
            foreach (var next in run.Complete(job.Id, Conclusion.Succeeded, [new("v", "1")]).Ready)
            {
                ready.Enqueue(next);
            }
        }

        Assert.True(run.IsFinished);
    }
}
