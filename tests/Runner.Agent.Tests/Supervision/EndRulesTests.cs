using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Agent.Supervision;
using Runner.Backends;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Tests.Supervision;

public sealed class EndRulesTests
{
    private static readonly WorkerOutcome Green = new() { Conclusion = Conclusion.Succeeded, IsReported = true };

    [Theory]
    [InlineData(Conclusion.Succeeded)]
    [InlineData(Conclusion.Failed)]
    [InlineData(Conclusion.Canceled)]
    public void What_the_worker_reported_stands(Conclusion conclusion)
    {
        var verdict = Judge(new JobEnd { Outcome = Green with { Conclusion = conclusion }, WorkerStarted = true });

        Assert.Equal((VerdictAction.None, conclusion), (verdict.Action, verdict.Conclusion));
    }

    [Theory]
    [InlineData(true, FailureReason.Evicted, "evicted")]
    [InlineData(true, FailureReason.None, "none")]
    [InlineData(false, FailureReason.Deleted, "deleted")]
    [InlineData(false, FailureReason.None, "unreported")]
    public void Place_that_was_taken_away_under_its_worker_is_the_reason(bool isReported, FailureReason failure, string reason)
    {
        var outcome = Green with { Conclusion = Conclusion.Failed, IsReported = isReported };

        var verdict = Judge(new JobEnd { Outcome = outcome, Failure = failure, WorkerStarted = true });

        Assert.Equal((Conclusion.Failed, reason), (verdict.Conclusion, verdict.Reason));
    }

    [Fact]
    public void No_outcome_is_a_failure_never_a_success()
    {
        foreach (var failure in Enum.GetValues<FailureReason>())
        {
            var verdict = Judge(new JobEnd { Failure = failure, WorkerStarted = true });

            Assert.Equal((VerdictAction.Complete, Conclusion.Failed), (verdict.Action, verdict.Conclusion));
            Assert.Equal(VerdictReasons.Of(failure), verdict.Reason);
            Assert.NotEmpty(verdict.Message!);
        }
    }

    public static TheoryData<FailureReason, bool> Replaceable => new()
    {
        // lost before the worker started   may another place do?
        { FailureReason.Evicted,            true },
        { FailureReason.Preempted,          true },
        { FailureReason.Deleted,            true },
        { FailureReason.NodeLost,           true },
        { FailureReason.ContainerStart,     true },
        { FailureReason.WorkerDied,         true },
        { FailureReason.ImagePull,          false },
        { FailureReason.Unschedulable,      false },
        { FailureReason.Rejected,           false },
        { FailureReason.OutOfMemory,        false },
        { FailureReason.TimedOut,           false },
        { FailureReason.None,               false },
    };

    [Theory, MemberData(nameof(Replaceable))]
    public void Place_lost_before_the_worker_started_is_replaced_where_another_may_do(FailureReason failure, bool isReplaced)
    {
        var verdict = Judge(new JobEnd { Failure = failure });

        Assert.Equal(isReplaced ? VerdictAction.Replace : VerdictAction.Complete, verdict.Action);
    }

    [Fact]
    public void Place_lost_after_the_worker_started_is_never_replaced() =>
        Assert.Equal(VerdictAction.Complete, Judge(new JobEnd { Failure = FailureReason.Evicted, WorkerStarted = true }).Action);

    [Fact]
    public void Replacing_ends_at_the_limit_and_the_reason_says_how_often()
    {
        var verdict = EndRules.Judge(new JobEnd { Failure = FailureReason.Evicted, Message = "evicted" }, StopCause.None, attempt: 2, replacements: 2, hasOutputs: false);

        Assert.Equal(VerdictAction.Complete, verdict.Action);
        Assert.Equal("evicted (the job was started 3 times)", verdict.Message);
    }

    [Fact]
    public void Cancelled_job_without_an_outcome_is_cancelled() =>
        Assert.Equal(
            (VerdictAction.Complete, Conclusion.Canceled, "canceled"),
            Judge(new JobEnd { Failure = FailureReason.Deleted }, StopCause.Canceled) is var verdict ? (verdict.Action, verdict.Conclusion, verdict.Reason) : default);

    [Fact]
    public void Job_that_is_not_ours_any_more_is_let_go() =>
        Assert.Equal(
            (VerdictAction.None, Conclusion.Abandoned),
            Judge(new JobEnd { Failure = FailureReason.Deleted, WorkerStarted = true }, StopCause.LockLost) is var verdict ? (verdict.Action, verdict.Conclusion) : default);

    [Fact]
    public void Success_that_was_not_reported_is_reported_unless_outputs_would_be_lost()
    {
        var end = new JobEnd { Outcome = Green with { IsReported = false }, WorkerStarted = true };

        Assert.Equal(Conclusion.Succeeded, Judge(end).Conclusion);
        Assert.Equal(Conclusion.Failed, EndRules.Judge(end, StopCause.None, attempt: 0, replacements: 2, hasOutputs: true).Conclusion);
    }

    private static JobVerdict Judge(JobEnd end, StopCause stop = StopCause.None) => EndRules.Judge(end, stop, attempt: 0, replacements: 2, hasOutputs: false);
}
