using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Agent.Reruns;
using Runner.Backends;
using Runner.GitHub.Runs;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Tests.Reruns;

public sealed class RerunRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RerunOptions All = new() { On = [.. Enum.GetValues<RerunCause>()], Budget = 2 };

    [Theory]
    [InlineData(FailureReason.Evicted, RerunCause.Evicted)]
    [InlineData(FailureReason.Preempted, RerunCause.Preempted)]
    [InlineData(FailureReason.NodeLost, RerunCause.NodeLost)]
    [InlineData(FailureReason.OutOfMemory, RerunCause.Oom)]
    [InlineData(FailureReason.Deleted, RerunCause.Deleted)]
    [InlineData(FailureReason.WorkerDied, RerunCause.WorkerDied)]
    [InlineData(FailureReason.TimedOut, null)]
    [InlineData(FailureReason.ImagePull, null)]
    [InlineData(FailureReason.None, null)]
    public void Place_that_was_taken_away_is_a_cause_and_nothing_else_is(FailureReason failure, RerunCause? expected) =>
        Assert.Equal(expected, RerunRules.Cause(All, Lost(VerdictReasons.Of(failure)), attempt: 1));

    [Fact]
    public void Only_causes_that_the_pool_names_count()
    {
        Assert.Null(RerunRules.Cause(options: null, Lost("evicted"), attempt: 1));
        Assert.Null(RerunRules.Cause(new RerunOptions(), Lost("out_of_memory"), attempt: 1));
        Assert.Null(RerunRules.Cause(new RerunOptions(), Lost("deleted"), attempt: 1));
        Assert.Equal(RerunCause.Evicted, RerunRules.Cause(new RerunOptions(), Lost("evicted"), attempt: 1));
    }

    [Fact]
    public void Budget_is_of_attempts()
    {
        Assert.Equal(RerunCause.Evicted, RerunRules.Cause(All, Lost("evicted"), attempt: 2));
        Assert.Null(RerunRules.Cause(All, Lost("evicted"), attempt: 3));
    }

    [Fact]
    public void Job_that_did_not_fail_or_never_began_or_is_replaced_is_not_run_again()
    {
        Assert.Null(RerunRules.Cause(All, Lost("evicted") with { Conclusion = Conclusion.Succeeded }, attempt: 1));
        Assert.Null(RerunRules.Cause(All, Lost("evicted") with { Conclusion = Conclusion.Canceled }, attempt: 1));
        Assert.Null(RerunRules.Cause(All, Lost("evicted") with { WorkerStarted = false }, attempt: 1));
        Assert.Null(RerunRules.Cause(All, Lost("evicted") with { Action = VerdictAction.Replace }, attempt: 1));
    }

    [Fact]
    public void Run_that_goes_on_is_waited_for() =>
        Assert.Equal(RerunStep.Wait, Next(Owed(), new WorkflowRunState(IsCompleted: false, Conclusion: null, Attempt: 1)));

    [Theory]
    [InlineData("failure", true)]
    [InlineData("startup_failure", true)]
    [InlineData("cancelled", false)]
    [InlineData("success", false)]
    public void Ended_run_is_run_again_but_for_one_that_was_cancelled_or_is_green(string conclusion, bool isRunAgain) =>
        Assert.Equal(isRunAgain ? RerunStep.Ask : RerunStep.Forget, Next(Owed(), new WorkflowRunState(IsCompleted: true, conclusion, Attempt: 1)));

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Run_that_somebody_ran_again_needs_no_more_asking_and_is_told_why_it_runs(int attempt, bool isAwaited) => Assert.Equal(
        isAwaited ? RerunStep.Await : RerunStep.Forget, Next(Owed(), new WorkflowRunState(IsCompleted: false, Conclusion: null, attempt)));

    [Fact]
    public void Note_has_the_clusters_words_and_none_of_a_worker()
    {
        Assert.Equal("evicted: low on memory", RerunRules.Describe(RerunCause.Evicted, "evicted:\nlow on memory"));
        Assert.Equal("its worker died", RerunRules.Describe(RerunCause.WorkerDied, "the last lines of its error output: s3cr3t"));
        Assert.Equal(301, RerunRules.Describe(RerunCause.Oom, new string('x', 1000)).Length);
    }

    [Fact]
    public void Run_that_is_gone_or_old_is_forgotten()
    {
        Assert.Equal(RerunStep.Forget, Next(Owed(), run: null));
        Assert.Equal(RerunStep.Forget, Next(Owed() with { Since = Now.AddDays(-31) }, new WorkflowRunState(IsCompleted: true, "failure", Attempt: 1)));
    }

    [Fact]
    public void Note_is_read_back_as_it_was_written()
    {
        var owed = Owed() with { Asked = Now, MemoryFactor = 2.25 };

        Assert.Equal(owed, OwedRerun.Parse(owed.ToText()));
        Assert.Null(OwedRerun.Parse("what is this"));
        Assert.Matches("^[a-z0-9-]{1,40}$", owed.NoteName);
    }

    private static JobVerdict Lost(string reason) =>
        new() { Action = VerdictAction.Complete, Conclusion = Conclusion.Failed, Reason = reason, WorkerStarted = true };

    private static OwedRerun Owed() => new()
    {
        Job = new RunFacts("acme/app", 7, 1, 70, "build"),
        Pool = "linux",
        Cause = RerunCause.Evicted,
        Detail = "evicted",
        Since = Now,
        Writer = "w",
    };

    private static RerunStep Next(OwedRerun owed, WorkflowRunState? run) => RerunRules.Next(owed, run, Now).Step;
}
