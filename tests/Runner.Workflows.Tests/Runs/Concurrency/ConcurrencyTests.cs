using Runner.Jobs.Outcomes;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;
using Runner.Workflows.Runs.Concurrency;
using static Runner.Workflows.Tests.Planning.Plans;

namespace Runner.Workflows.Tests.Runs.Concurrency;

public sealed class ConcurrencyTests
{
    private const string Reason = "Canceling since a higher priority waiting request for deploy exists";

    private readonly ConcurrencyGroups _groups = new();

    [Fact]
    public void Second_run_of_a_group_waits_and_a_third_takes_its_place()
    {
        var (first, second, third) = (Run("concurrency: deploy"), Run("concurrency: Deploy"), Run("concurrency: deploy"));

        Assert.Equal(["j"], Ready(first.Start()));
        var waits = second.Start();
        Assert.Empty(waits.Ready);
        Assert.Equal("Deploy", Assert.Single(waits.Waiting).Group);
        third.Start();

        var lost = Continued(second);
        Assert.Equal(Reason, Assert.Single(lost.Concluded).Reason);
        Assert.Equal(Conclusion.Canceled, second.Conclusion);
        End(first);
        Assert.Equal(["j"], Ready(Continued(third)));
    }

    [Fact]
    public void Queue_max_lets_all_wait_in_order()
    {
        const string queue = "concurrency: {group: deploy, queue: max}";
        var (first, second, third) = (Run(queue), Run(queue), Run(queue));
        first.Start();
        second.Start();
        third.Start();
        Assert.Empty(_groups.TakeConcerned());

        End(first);
        Assert.Equal(["j"], Ready(Continued(second)));
        End(second);
        Assert.Equal(["j"], Ready(Continued(third)));
    }

    [Fact]
    public void Run_in_progress_is_cancelled_where_the_new_one_says_so()
    {
        var (first, second) = (Run("concurrency: deploy"), Run("concurrency: {group: deploy, cancel-in-progress: \"${{ vars.LEVEL == '2' }}\"}"));
        first.Start();

        Assert.Empty(second.Start().Ready);

        Assert.Equal([new PlannedJobId("j", 0)], Continued(first).ToCancel.Select(job => job.Id));
        Assert.Empty(_groups.TakeConcerned());
        first.Complete(new PlannedJobId("j", 0), Conclusion.Canceled, []);
        Assert.Equal(["j"], Ready(Continued(second)));
    }

    [Fact]
    public void Jobs_of_one_run_take_turns()
    {
        var run = RunJobs("a: concurrency: deploy", "b: concurrency: {group: deploy, queue: max}", "c:");

        var started = run.Start();

        Assert.Equal(["a", "c"], Ready(started));
        Assert.Equal("b", Assert.Single(started.Waiting).DisplayName);
        Assert.Equal(["b"], Ready(run.Complete(new PlannedJobId("a", 0), Conclusion.Succeeded, [])));
    }

    [Fact]
    public void Legs_of_a_matrix_push_each_other_out_of_the_queue()
    {
        var run = RunJobs("m: concurrency: deploy, strategy: {fail-fast: false, matrix: {n: [1, 2, 3]}}");

        var started = run.Start();

        Assert.Equal(["m (1)"], Ready(started));
        Assert.Equal(["m[1] Canceled"], Concluded(started));
        Assert.Equal(["m (3)"], Ready(run.Complete(new PlannedJobId("m", 0), Conclusion.Succeeded, [])));
    }

    [Fact]
    public void Job_in_the_group_of_its_own_workflow_is_a_deadlock()
    {
        var run = Run("concurrency: deploy", "concurrency: DEPLOY,");

        var concluded = Assert.Single(run.Start().Concluded);

        Assert.Equal(Conclusion.Canceled, concluded.Conclusion);
        Assert.Equal("Canceling since a deadlock for concurrency group 'DEPLOY' was detected between 'top level workflow' and 'j'", concluded.Reason);
        Assert.True(run.IsFinished);
    }

    [Fact]
    public void Waiting_run_that_is_cancelled_gives_its_place_up()
    {
        var (first, second) = (Run("concurrency: deploy"), Run("concurrency: deploy"));
        first.Start();
        second.Start();

        Assert.Equal(["j Canceled"], Concluded(second.Cancel()));
        End(first);
        Assert.Empty(_groups.TakeConcerned());
    }

    [Fact]
    public void Empty_group_is_none() => Assert.Equal(["j"], Ready(Run("concurrency: \"${{ github.head_ref }}\"").Start()));

    private RunState Run(string workflow, string job = "") =>
        new(Create($"on: push\n{workflow}\njobs: {{j: {{{job} runs-on: x, steps: [{{run: x}}]}}}}"), _groups);

    private static void End(RunState run) => run.Complete(new PlannedJobId("j", 0), Conclusion.Succeeded, []);

    private RunChanges Continued(RunState run)
    {
        Assert.Equal([run], _groups.TakeConcerned());
        return run.Continue();
    }
}
