using Runner.Jobs.Outcomes;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;
using static Runner.Workflows.Tests.Planning.Plans;

namespace Runner.Workflows.Tests.Runs;

public sealed class RunStateTests
{
    [Fact]
    public void Jobs_become_ready_when_all_that_they_need_has_ended()
    {
        var run = RunJobs("last: needs: [left, right]", "left: needs: first", "right: needs: first", "first:", "alone:");

        Assert.Equal(["first", "alone"], Ready(run.Start()));
        Assert.Equal(["left", "right"], Ready(End(run, "first")));
        Assert.Empty(Ready(End(run, "left")));
        Assert.Equal(["last"], Ready(End(run, "right")));
        End(run, "alone");
        Assert.False(run.IsFinished);
        End(run, "last");
        Assert.True(run.IsFinished);
        Assert.Equal(Conclusion.Succeeded, run.Conclusion);
    }

    [Fact]
    public void Failure_skips_all_that_depends_on_it_and_fails_the_run()
    {
        var run = RunJobs("a:", "b: needs: a", "c: needs: b", "other:");
        run.Start();

        var changes = End(run, "a", Conclusion.Failed);

        Assert.Empty(changes.Ready);
        Assert.Equal(["b Skipped", "c Skipped"], Concluded(changes));
        End(run, "other");
        Assert.Equal(Conclusion.Failed, run.Conclusion);
    }

    [Fact]
    public void Status_functions_look_at_the_whole_chain()
    {
        var run = RunJobs(
            "a:",
            "b: needs: a, if: always()",
            "after-b: needs: b",
            "on-failure: needs: b, if: failure()",
            "on-success: needs: b, if: success('b')",
            "never: needs: a, if: cancelled()");
        run.Start();

        var afterA = End(run, "a", Conclusion.Failed);
        var afterB = End(run, "b");

        Assert.Equal(["b"], Ready(afterA));
        Assert.Equal(["never Skipped"], Concluded(afterA));
        Assert.Equal(["on-failure", "on-success"], Ready(afterB));
        Assert.Equal(["after-b Skipped"], Concluded(afterB));
    }

    [Fact]
    public void Job_whose_if_is_false_is_skipped_and_so_is_what_needs_it()
    {
        var run = RunJobs("a: if: \"github.ref == 'refs/heads/other'\"", "b: needs: a", "c: needs: a, if: always()");

        var changes = run.Start();

        Assert.Equal(["a Skipped", "b Skipped"], Concluded(changes));
        Assert.Equal(["c"], Ready(changes));
    }

    [Fact]
    public void Run_of_skipped_jobs_only_is_skipped()
    {
        var run = RunJobs("a: if: false", "b: needs: a");
        run.Start();

        Assert.True(run.IsFinished);
        Assert.Equal(Conclusion.Skipped, run.Conclusion);
    }

    [Fact]
    public void Results_and_outputs_reach_those_that_need_them()
    {
        var run = RunJobs(
            "a:",
            "b: needs: a, if: needs.a.outputs.go == 'yes' && needs.a.result == 'success', name: \"after ${{ needs.a.outputs.go }}\"",
            "c: needs: a, if: needs.a.outputs.go == 'no'");
        run.Start();

        var changes = run.Complete(new PlannedJobId("a", 0), Conclusion.SucceededWithIssues, [new("go", "yes")]);

        Assert.Equal(["after yes"], Ready(changes));
        Assert.Equal(["c Skipped"], Concluded(changes));
    }

    [Fact]
    public void Continue_on_error_makes_a_failure_a_success_for_the_run()
    {
        var run = RunJobs("a: continue-on-error: true", "b: needs: a");
        run.Start();

        Assert.Equal(["b"], Ready(End(run, "a", Conclusion.Failed)));
        End(run, "b");
        Assert.Equal(Conclusion.Succeeded, run.Conclusion);
        Assert.Equal(Conclusion.Failed, run.Jobs()[0].Conclusion);
    }

    [Fact]
    public void Failed_leg_stops_the_others_of_its_matrix()
    {
        var run = RunJobs("m: strategy: {max-parallel: 2, matrix: {n: [1, 2, 3]}}", "after: needs: m");

        Assert.Equal(["m (1)", "m (2)"], Ready(run.Start()));
        var changes = End(run, "m", Conclusion.Failed, index: 1);

        Assert.Empty(changes.Ready);
        Assert.Equal(["m[2] Canceled"], Concluded(changes));
        Assert.Equal([new PlannedJobId("m", 0)], changes.ToCancel.Select(job => job.Id));
        Assert.Equal("Cancelled because m (2) failed (strategy.fail-fast)", changes.Concluded[0].Reason);
        Assert.Equal(["after Skipped"], Concluded(End(run, "m", Conclusion.Canceled, index: 0)));
        Assert.Equal(Conclusion.Failed, run.Conclusion);
    }

    [Fact]
    public void Without_fail_fast_all_legs_run_no_more_than_allowed_at_a_time()
    {
        var run = RunJobs("m: strategy: {max-parallel: 1, fail-fast: false, matrix: {n: [1, 2, 3]}}");

        Assert.Equal(["m (1)"], Ready(run.Start()));
        Assert.Equal([RunJobStatus.Started, RunJobStatus.Held, RunJobStatus.Held], run.Jobs().Select(job => job.Status));
        Assert.Equal(["m (2)"], Ready(End(run, "m", Conclusion.Failed, index: 0)));
        Assert.Equal(["m (3)"], Ready(End(run, "m", index: 1)));
        Assert.False(run.IsFinished);
        End(run, "m", index: 2);
        Assert.Equal(Conclusion.Failed, run.Conclusion);
    }

    [Fact]
    public void Last_leg_that_has_something_to_say_gives_the_output()
    {
        var run = RunJobs("m: strategy: {matrix: {n: [1, 2]}}", "after: needs: m, name: \"${{ needs.m.outputs.v }}/${{ needs.m.outputs.w }}\"");
        run.Start();
        run.Complete(new PlannedJobId("m", 1), Conclusion.Succeeded, [new("v", "second"), new("w", "only")]);

        var changes = run.Complete(new PlannedJobId("m", 0), Conclusion.Succeeded, [new("v", "first"), new("w", "")]);

        Assert.Equal(["first/only"], Ready(changes));
    }

    [Fact]
    public void Matrix_may_come_from_the_output_of_another_job()
    {
        var run = RunJobs("a:", "m: needs: a, strategy: {matrix: \"${{ fromJSON(needs.a.outputs.list) }}\"}");
        run.Start();

        var changes = run.Complete(new PlannedJobId("a", 0), Conclusion.Succeeded, [new("list", """{"os": ["linux", "mac"]}""")]);

        Assert.Equal(["m (linux)", "m (mac)"], Ready(changes));
    }

    [Fact]
    public void Job_that_cannot_be_evaluated_fails_with_the_reason()
    {
        var run = RunJobs("a:", "m: needs: a, strategy: {matrix: \"${{ fromJSON(needs.a.outputs.list) }}\"}", "after: needs: m");
        run.Start();

        var changes = End(run, "a");

        Assert.Equal(["m Failed", "after Skipped"], Concluded(changes));
        Assert.StartsWith(
            "Error when evaluating 'strategy' for job 'm'. .github/workflows/ci.yml (Line: 4, Col: ", changes.Concluded[0].Reason, StringComparison.Ordinal);
        Assert.Equal(Conclusion.Failed, run.Conclusion);
    }

    [Fact]
    public void Cancelling_stops_all_but_what_runs_always()
    {
        var run = RunJobs("a:", "cleanup: if: always()", "b: needs: a", "notify: needs: a, if: cancelled()", "m: strategy: {max-parallel: 1, matrix: {n: [1, 2]}}");
        run.Start();

        var changes = run.Cancel();

        Assert.Equal(["a", "m"], changes.ToCancel.Select(job => job.Id.ToString()));
        Assert.Equal(["m[1] Canceled"], Concluded(changes));
        var afterA = End(run, "a", Conclusion.Canceled);
        Assert.Equal(["notify"], Ready(afterA));
        Assert.Equal(["b Canceled"], Concluded(afterA));
        End(run, "m", Conclusion.Canceled);
        End(run, "cleanup");
        End(run, "notify");
        Assert.True(run.IsFinished);
        Assert.Equal(Conclusion.Canceled, run.Conclusion);
    }

    [Fact]
    public void Result_that_comes_again_changes_nothing_and_an_unknown_job_is_refused()
    {
        var run = RunJobs("a:", "b: needs: a");
        run.Start();
        End(run, "a");

        var again = End(run, "a", Conclusion.Failed);

        Assert.Empty(again.Ready);
        Assert.Empty(again.Concluded);
        Assert.Throws<ArgumentException>(() => End(run, "nosuch"));
    }

    private static RunChanges End(RunState run, string job, Conclusion conclusion = Conclusion.Succeeded, int index = 0) =>
        run.Complete(new PlannedJobId(job, index), conclusion, []);

    [Theory]
    [InlineData("[]")]
    [InlineData("'${{ vars.NONE }}'")]
    [InlineData("{labels: []}")]
    public void Job_that_no_runner_can_take_fails(string runsOn)
    {
        var changes = Run($"on: push\njobs: {{j: {{runs-on: {runsOn}, steps: [{{run: x}}]}}}}").Start();

        Assert.Contains("'runs-on' for job 'j'. It comes out empty", Assert.Single(changes.Concluded).Reason, StringComparison.Ordinal);
    }
}
