using Runner.Execution.Hosting;
using Runner.Execution.Processes;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Testing;

namespace Runner.Execution.Tests.Background;

public sealed class BackgroundStepsTests
{
    private const string Loop = "trap 'exit 9' INT; echo ready; while :; do sleep 0.01; done";

    [Fact(Timeout = 60_000)]
    public async Task Job_goes_on_while_a_step_runs_in_the_background_and_each_has_a_log_of_its_own()
    {
        using var job = new TestJob();

        await job.RunAsync(
            Background("echo in the background; while [ ! -e go ]; do sleep 0.01; done; echo saw it", "server"),
            Some.Script("echo in front; touch go"),
            Some.Control("wait", "server"));

        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
        Assert.Equal(["in the background", "saw it"], job.Output(0));
        Assert.Equal(["in front"], job.Output(1));
        Assert.Equal(["Waiting for background step(s) to complete: Run server", "Finished waiting for background step(s).", "  Run server: Succeeded"], job.AllLines(2));
        Assert.True(job.Steps[0].CompletedAt >= job.Steps[1].StartedAt);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_background_step_leaves_is_seen_after_the_wait_and_not_before()
    {
        using var job = new TestJob();
        var see = Some.Mapping(("V", new ExpressionToken("format('{0} {1}', steps.bg.outputs.v, steps.bg.outcome)")));

        await job.RunAsync(
            Background("echo LEFT=here >> $GITHUB_ENV; echo v=1 >> $GITHUB_OUTPUT; echo /added >> $GITHUB_PATH; touch written; while [ ! -e go ]; do sleep 0.01; done", "bg"),
            Some.Script("while [ ! -e written ]; do sleep 0.01; done; echo \"[$LEFT] [$V] ${PATH%%:*}\"; touch go", env: see),
            Some.Control("wait-all"),
            Some.Script("echo \"[$LEFT] [$V] ${PATH%%:*}\"", env: see));

        Assert.Equal(["[] [ ] /usr/local/bin"], job.Output(1));
        Assert.Equal(["[here] [1 success] /added"], job.Output(3));
    }

    [Fact(Timeout = 60_000)]
    public async Task Background_step_sees_what_stood_when_it_was_started()
    {
        using var job = new TestJob();

        await job.RunAsync(
            Some.Script("echo A=before >> $GITHUB_ENV"),
            Background("touch started; while [ ! -e go ]; do sleep 0.01; done; echo $A", "bg"),
            Some.Script("while [ ! -e started ]; do sleep 0.01; done; echo A=after >> $GITHUB_ENV"),
            Some.Script("touch go"),
            Some.Control("wait", "bg"),
            Some.Script("echo $A"));

        Assert.Equal(["before"], job.Output(1));
        Assert.Equal(["after"], job.Output(5));
    }

    [Fact(Timeout = 60_000)]
    public async Task Failure_in_the_background_fails_the_wait_step_and_the_job_from_there_on()
    {
        using var job = new TestJob();

        await job.RunAsync(
            Background("touch failed; exit 3", "bg"),
            Some.Script("while [ ! -e failed ]; do sleep 0.01; done; echo still runs"),
            Some.Control("wait", "bg"),
            Some.Script("echo never"),
            Some.Script("echo on failure", condition: "failure()"));

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Equal(
            [Conclusion.Failed, Conclusion.Succeeded, Conclusion.Failed, Conclusion.Skipped, Conclusion.Succeeded],
            job.Steps.Select(step => step.Conclusion));
        Assert.Equal(["Waiting for background step(s) to complete: Run bg", "Finished waiting for background step(s).", "  Run bg: Failed"], job.AllLines(2));
    }

    [Fact(Timeout = 60_000)]
    public async Task Continue_on_error_counts_for_the_background_step_and_not_for_the_wait_step()
    {
        using var job = new TestJob();
        var accepted = new BooleanToken(true);

        await job.RunAsync(
            Background("exit 3", "one") with { ContinueOnError = accepted },
            Some.Control("wait", "one"),
            Background("exit 4", "two"),
            Some.Control("wait", "two") with { ContinueOnError = accepted, ContextName = "waited" },
            Some.Script("echo $R", condition: "always()", env: Some.Mapping(("R", new ExpressionToken("format('{0} {1} {2} {3} {4}', steps.one.outcome, steps.one.conclusion, steps.waited.outcome, steps.waited.conclusion, job.status)")))));

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Equal(["failure success failure failure failure"], job.Output(4));
    }

    [Fact(Timeout = 60_000)]
    public async Task Step_that_nobody_waits_for_is_waited_for_at_the_end_of_the_job()
    {
        using var job = new TestJob();

        await job.RunAsync(Background("while [ ! -e go ]; do sleep 0.01; done; exit 5", "bg"), Some.Script("touch go"));

        Assert.Equal(["Run bg", "Run touch go", "Wait for all background steps"], job.Steps.Select(step => step.Name));
        Assert.Equal([Conclusion.Failed, Conclusion.Succeeded, Conclusion.Failed], job.Steps.Select(step => step.Conclusion));
        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Equal(["runner", "wait-all"], [job.Steps[2].Type, job.Steps[2].Background?.ControlType]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false, "wait", "bg")]
    [InlineData(false, "cancel", "bg")]
    [InlineData(false, "wait-all")]
    [InlineData(true, "wait", "other")]
    public async Task Wait_at_the_end_is_added_where_no_step_covers_a_background_step(bool isAdded, string control, params string[] ids)
    {
        using var job = await TestJob.OfAsync(Background("true", "bg"), Some.Control(control, ids));

        Assert.Equal(isAdded, job.Steps.Any(step => step.Name == "Wait for all background steps"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancelled_background_step_is_interrupted_and_the_job_succeeds()
    {
        using var job = new TestJob();

        await job.RunAsync(
            Background($"touch up; {Loop}", "server"), Some.Script("while [ ! -e up ]; do sleep 0.01; done"), Some.Control("cancel", "server"), Some.Script("echo after"));

        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
        Assert.Equal(
            [Conclusion.Canceled, Conclusion.Succeeded, Conclusion.Succeeded, Conclusion.Succeeded], job.Steps.Select(step => step.Conclusion));
        Assert.Equal(["ready"], job.Output(0));
        Assert.Equal(["Cancelling background step(s): Run server", "Finished cancelling background step(s).", "  Run server: Canceled"], job.AllLines(2));
    }

    [Fact(Timeout = 60_000)]
    public async Task Step_that_failed_before_it_was_cancelled_fails_the_job()
    {
        using var job = new TestJob();

        await job.RunAsync(Background("exit 1", "bg"), Some.Control("wait", "none"), EndOf(job, "bg"), Some.Control("cancel", "bg"), Some.Script("echo never"));

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Equal(Conclusion.Succeeded, job.Steps[3].Conclusion);
        Assert.Equal(Conclusion.Skipped, job.Steps[4].Conclusion);
        Assert.Equal(["Waiting for background step(s) to complete: none", "Finished waiting for background step(s)."], job.AllLines(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancelled_job_stops_background_steps_also_those_that_are_to_run_always()
    {
        using var job = new TestJob();
        var running = job.RunAsync(
            Background(Loop, "one"), Background(Loop, "two") with { Condition = "always()" },
            Some.Script("while :; do sleep 0.01; done"), Some.Control("wait-all"), Some.Script("echo clean up", condition: "always()"));
        await job.Reporter.Seen(line => line == "ready").WaitAsync(TestContext.Current.CancellationToken);

        job.Cancellation.Cancel(CancelReason.User);
        await running;

        Assert.Equal(Conclusion.Canceled, job.Result?.Conclusion);
        Assert.Equal(
            [Conclusion.Canceled, Conclusion.Canceled, Conclusion.Canceled, Conclusion.Canceled, Conclusion.Succeeded],
            job.Steps.Select(step => step.Conclusion));
    }

    [Fact(Timeout = 60_000)]
    public async Task Step_that_ignores_all_signals_is_killed_ten_seconds_after_its_cancel()
    {
        var time = new WaitableTime();
        using var job = new TestJob { Time = time };
        var running = job.RunAsync(
            Background("trap '' INT TERM; touch up; while :; do sleep 0.01; done", "bg"), Some.Script("while [ ! -e up ]; do sleep 0.01; done"), Some.Control("cancel", "bg"));

        await time.Waits(ProcessRunner.InterruptGrace);
        time.Advance(ProcessRunner.InterruptGrace);
        await time.Waits(ProcessRunner.TerminateGrace);
        time.Advance(ProcessRunner.TerminateGrace);
        await running;

        Assert.Equal([Conclusion.Canceled, Conclusion.Succeeded, Conclusion.Succeeded], job.Steps.Select(step => step.Conclusion));
        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task Background_step_that_takes_longer_than_its_time_fails()
    {
        var time = new WaitableTime();
        using var job = new TestJob { Time = time };
        var running = job.RunAsync(
            Background(Loop, "bg") with { TimeoutInMinutes = new NumberToken(5) }, Some.Control("wait", "bg"));
        await job.Reporter.Seen(line => line == "ready").WaitAsync(TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromMinutes(5));
        await running;

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Equal(["ready", "##[error]The action 'Run bg' has timed out after 5 minutes."], job.Output(0));
    }

    [Fact(Timeout = 60_000)]
    public async Task No_more_steps_run_at_once_than_the_message_says()
    {
        using var job = new TestJob();
        var steps = Enumerable.Range(1, 4).Select(n => Background(
            "echo x >> running; [ $(cat running | wc -l) -le 2 ] || exit 1; while [ ! -e go ]; do sleep 0.01; done; sed -i 1d running", $"s{n}"));

        await job.RunAsync(Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["system.runner.maxbackgroundsteps"] = new() { Value = "2" } },
            Steps = [.. steps, Some.Script("while [ \"$(cat running 2>/dev/null | wc -l)\" -lt 2 ]; do sleep 0.01; done; touch go"), Some.Control("wait-all")],
        });

        var started = job.Reporter.Changes.Where(step => step.Status == StepStatus.InProgress && step.Background is { IsBackground: true }).ToList();
        Assert.Equal(4, started.Count);
        Assert.True(started[2].StartedAt >= job.Steps.Take(4).Min(step => step.CompletedAt));
    }

    [Fact(Timeout = 60_000)]
    public async Task Skipped_and_broken_background_steps_end_at_their_turn()
    {
        using var job = await TestJob.OfAsync(
            Background("echo never", "skipped") with { Condition = "failure()" },
            Background("echo never", "broken") with { Condition = "nonsense(" },
            Some.Control("wait", "skipped", "broken"));

        Assert.Equal([Conclusion.Skipped, Conclusion.Failed, Conclusion.Succeeded], job.Steps.Select(step => step.Conclusion));
        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task Mask_of_a_background_step_holds_for_all_steps()
    {
        using var job = new TestJob();

        await job.RunAsync(
            Background("echo ::add-mask::hidden-thing; echo masked; while [ ! -e go ]; do sleep 0.01; done", "bg"),
            Seen(job, "masked"),
            Some.Script("echo hidden-thing; touch go"),
            Some.Control("wait", "bg"));

        Assert.Equal(["***"], job.Output(2));
    }

    [Fact(Timeout = 60_000)]
    public async Task Action_in_the_background_has_its_post_stage_after_the_wait_at_the_end()
    {
        using var job = new TestJob()
            .WithAction("acme/x/action.yml", "runs: { using: node20, main: a.js, post: p.js }")
            .WithAction("acme/x/a.js", "require('fs').appendFileSync(process.env.GITHUB_STATE, 'k=v\\n')")
            .WithAction("acme/x/p.js", "console.log('post', process.env.STATE_k)");

        await job.RunAsync(Some.Using("acme/x@v1", "x") with { Background = true }, Some.Script("true"));

        Assert.Equal(
            ["Run acme/x@v1", "Run true", "Wait for all background steps", "Post Run acme/x@v1"], job.Steps.Select(step => step.Name));
        Assert.Equal(["Post job cleanup.", "post v"], job.OutputOf("Post Run acme/x@v1"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Control_step_of_an_unknown_kind_fails_and_says_which_there_are()
    {
        using var job = await TestJob.OfAsync(Some.Control("resume"));

        Assert.Equal(["##[error]'resume' is not known to this version of the runner. Expected one of wait, wait-all, cancel"], job.AllLines(0));
    }

    private static JobStep Background(string script, string id) => Some.Script(script, id, name: $"Run {id}") with { Background = true };

    // A step that ends once the record of another says that it ended: nothing else is sure that a background step has.
    private static JobStep EndOf(TestJob job, string id)
    {
        _ = job.Reporter.Changed(step => step.Name == $"Run {id}" && step.Status == StepStatus.Completed)
            .ContinueWith(_ => File.Create(Path.Combine(job.Paths.Workspace, $"{id}.ended")).Dispose(), TaskScheduler.Default);
        return Some.Script($"while [ ! -e {id}.ended ]; do sleep 0.01; done");
    }

    // A step that ends once a line stands in the log.
    private static JobStep Seen(TestJob job, string text)
    {
        _ = job.Reporter.Seen(line => line == text)
            .ContinueWith(_ => File.Create(Path.Combine(job.Paths.Workspace, "seen")).Dispose(), TaskScheduler.Default);
        return Some.Script("while [ ! -e seen ]; do sleep 0.01; done");
    }
}
