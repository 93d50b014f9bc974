using Runner.Execution.Hosting;
using Runner.Execution.Processes;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests.Jobs;

public sealed class CancellationTests
{
    private const string Loop = "trap 'exit 9' INT; echo ready; while :; do sleep 0.01; done";

    [Fact(Timeout = 60_000)]
    public async Task Cancelled_step_is_interrupted_and_only_always_and_cancelled_steps_follow()
    {
        using var job = new TestJob();

        await RunAndCancelAsync(job, CancelReason.User,
            Some.Script(Loop),
            Some.Script("echo success", condition: "success()"),
            Some.Script("echo failure", condition: "failure()"),
            Some.Script("echo cancelled", condition: "cancelled()"),
            Some.Script("echo always", condition: "always()"));

        Assert.Equal(Conclusion.Canceled, job.Result?.Conclusion);
        Assert.Equal(
            [Conclusion.Canceled, Conclusion.Skipped, Conclusion.Skipped, Conclusion.Succeeded, Conclusion.Succeeded],
            job.Steps.Select(step => step.Conclusion));
        Assert.Equal(["ready", "##[error]The operation was canceled."], job.Output(0));
        Assert.Equal(["always"], job.Output(4));
    }

    [Fact(Timeout = 60_000)]
    public async Task Step_whose_condition_still_holds_runs_on()
    {
        using var job = new TestJob();
        Directory.CreateDirectory(job.Paths.Workspace);
        var running = job.RunAsync(
            Some.Script("echo ready; while [ ! -e go ]; do sleep 0.01; done; echo done", condition: "always()"),
            Some.Script("echo never"));
        await job.Reporter.Seen(line => line == "ready");

        job.Cancellation.Cancel(CancelReason.User);
        await File.WriteAllTextAsync(Path.Combine(job.Paths.Workspace, "go"), "", TestContext.Current.CancellationToken);
        await running;

        Assert.Equal(["ready", "done"], job.Output(0));
        Assert.Equal([Conclusion.Succeeded, Conclusion.Skipped], job.Steps.Select(step => step.Conclusion));
        Assert.Equal(Conclusion.Canceled, job.Result?.Conclusion);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(CancelReason.Shutdown, Conclusion.Failed, "The runner was shut down while the job ran")]
    [InlineData(CancelReason.LockLost, Conclusion.Canceled, "The job's lock was lost while it ran: GitHub may have given it to another runner")]
    public async Task Shutdown_and_a_lost_lock_stop_even_always(CancelReason reason, Conclusion conclusion, string text)
    {
        using var job = new TestJob();

        await RunAndCancelAsync(job, reason, Some.Script(Loop, condition: "always()"), Some.Script("echo never", condition: "always()"));

        Assert.Equal((conclusion, text), (job.Result?.Conclusion, job.Result?.Reason));
        Assert.Equal([Conclusion.Canceled, Conclusion.Skipped], job.Steps.Select(step => step.Conclusion));
    }

    [Fact(Timeout = 60_000)]
    public async Task Job_whose_place_is_taken_away_stops_like_a_cancelled_one_and_fails_with_the_reason()
    {
        using var job = new TestJob();
        job.Cancellation.Explain("The job's pod was evicted");

        await RunAndCancelAsync(job, CancelReason.Removal, Some.Script(Loop), Some.Script("echo still here", condition: "cancelled()"));

        Assert.Equal((Conclusion.Failed, "The job's pod was evicted"), (job.Result?.Conclusion, job.Result?.Reason));
        Assert.Equal([Conclusion.Canceled, Conclusion.Succeeded], job.Steps.Select(step => step.Conclusion));
        Assert.Contains("##[error]The job's pod was evicted", job.Reporter.Lines);
        Assert.True(job.Cancellation.IsRemoval);
    }

    [Fact(Timeout = 60_000)]
    public async Task Removal_that_nobody_explains_is_told_as_what_it_was()
    {
        using var job = new TestJob();

        await RunAndCancelAsync(job, CancelReason.Removal, Some.Script(Loop));

        Assert.Equal(
            (Conclusion.Failed, "The job's container or process was told to end (SIGTERM) while the job ran, and nobody said why"),
            (job.Result?.Conclusion, job.Result?.Reason));
    }

    [Theory]
    [InlineData(CancelReason.Removal, CancelReason.User)]
    [InlineData(CancelReason.User, CancelReason.Removal)]
    public void Somebodys_cancel_counts_more_than_the_end_of_the_place(CancelReason first, CancelReason second)
    {
        using var cancellation = new JobCancellation();

        cancellation.Cancel(first);
        cancellation.Cancel(second);

        Assert.Equal((CancelReason.User, false), (cancellation.Reason, cancellation.IsRemoval));
        Assert.False(cancellation.Aborted.IsCancellationRequested);
    }

    [Fact(Timeout = 60_000)]
    public async Task Shutdown_after_a_cancel_stops_the_step_that_ran_on()
    {
        using var job = new TestJob();
        var running = job.RunAsync(Some.Script(Loop, condition: "always()"));
        await job.Reporter.Seen(line => line == "ready");

        job.Cancellation.Cancel(CancelReason.User);
        job.Cancellation.Cancel(CancelReason.Shutdown);
        await running;

        Assert.Equal(CancelReason.Shutdown, job.Cancellation.Reason);
        Assert.Equal(Conclusion.Canceled, job.Steps[0].Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancel_before_the_first_step_ends_the_job()
    {
        using var job = new TestJob();
        job.Cancellation.Cancel(CancelReason.User);

        await job.RunAsync(Some.Script("echo never", condition: "always()"));

        Assert.Equal(Conclusion.Canceled, job.Result?.Conclusion);
        Assert.Equal([Conclusion.Skipped], job.Steps.Select(step => step.Conclusion));
        Assert.Equal("Complete job", job.Result?.Steps[^1].Name);
    }

    [Fact(Timeout = 60_000)]
    public async Task Step_that_ignores_all_signals_is_killed_after_ten_seconds()
    {
        var time = new WaitableTime();
        using var job = new TestJob { Time = time };
        var running = job.RunAsync(Some.Script("trap '' INT TERM; echo ready; while :; do sleep 0.01; done"));
        await job.Reporter.Seen(line => line == "ready");

        job.Cancellation.Cancel(CancelReason.User);
        await time.Waits(ProcessRunner.InterruptGrace);
        time.Advance(ProcessRunner.InterruptGrace);
        await time.Waits(ProcessRunner.TerminateGrace);
        time.Advance(ProcessRunner.TerminateGrace);
        await running;

        Assert.Equal(Conclusion.Canceled, job.Steps[0].Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task Step_that_takes_longer_than_its_time_fails()
    {
        var time = new WaitableTime();
        using var job = new TestJob { Time = time };
        var running = job.RunAsync(
            Some.Script(Loop, name: "Slow", timeoutInMinutes: new Runner.Jobs.Tokens.NumberToken(5)),
            Some.Script("echo after", condition: "failure()"));
        await job.Reporter.Seen(line => line == "ready");

        time.Advance(TimeSpan.FromMinutes(5));
        await running;

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Equal(["ready", "##[error]The action 'Slow' has timed out after 5 minutes."], job.Output(0));
        Assert.Equal(["after"], job.Output(1));
    }

    [Fact]
    public void Strongest_reason_counts()
    {
        using var cancellation = new JobCancellation();

        cancellation.Cancel(CancelReason.LockLost);
        cancellation.Cancel(CancelReason.User);

        Assert.Equal(CancelReason.LockLost, cancellation.Reason);
        Assert.True(cancellation.Requested.IsCancellationRequested && cancellation.Aborted.IsCancellationRequested);
    }

    private static async Task RunAndCancelAsync(TestJob job, CancelReason reason, params JobStep[] steps)
    {
        var running = job.RunAsync(steps);
        await job.Reporter.Seen(line => line == "ready");
        job.Cancellation.Cancel(reason);
        await running;
    }
}
