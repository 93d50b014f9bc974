using Runner.Backends;
using Runner.Cli.Running;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;

namespace Runner.Cli.Tests.Running;

public sealed class RunEngineTests
{
    private const string Steps = "runs-on: x, steps: [{run: x}]";

    public static DateTimeOffset Now { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact(Timeout = 30_000)]
    public async Task Results_and_outputs_bring_the_next_jobs_on()
    {
        using var run = EngineRun.Start($"jobs: {{a: {{{Steps}}}, b: {{needs: a, name: \"b ${{{{ needs.a.outputs.v }}}}\", {Steps}}}, c: {{if: false, {Steps}}}}}");
        await run.Launched("a");

        run.Backend.Job("a").End(Conclusion.Succeeded, ("v", new OutputValue("1")), ("hidden", new OutputValue("s", IsSecret: true)));
        await run.Launched("b 1");
        run.End("b 1");
        var (conclusion, events) = await run.FinishAsync();

        Assert.Equal(Conclusion.Succeeded, conclusion);
        Assert.Equal(["c Skipped", "a Succeeded", "b 1 Succeeded"], Ends(events));
        Assert.Equal([new("v", "1")], events.OfType<LocalJobEndedEvent>().Single(ended => ended.Job.Id == "a").Outputs);
        Assert.IsType<RunStartedEvent>(events[0]);
        Assert.IsType<RunEndedEvent>(events[^1]);
    }

    [Fact(Timeout = 30_000)]
    public async Task No_more_jobs_run_at_a_time_than_allowed()
    {
        using var run = EngineRun.StartWith(1, $"jobs: {{a: {{{Steps}}}, b: {{{Steps}}}}}", $"jobs: {{c: {{{Steps}}}}}");
        await run.Launched("a");
        Assert.False(run.Backend.Job("b").Launched.IsCompleted);

        run.End("a");
        await run.Launched("b");
        Assert.False(run.Backend.Job("c").Launched.IsCompleted);
        run.End("b", Conclusion.Failed);
        await run.Launched("c");
        run.End("c");

        Assert.Equal(Conclusion.Failed, (await run.FinishAsync()).Conclusion);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_a_failed_job_ran_in_is_kept_where_that_is_asked_for()
    {
        var names = new List<string>();
        foreach (var checkout in new[] { "/a", "/a", "/b" })
        {
            using var run = EngineRun.StartKeeping(checkout, $"jobs: {{good: {{{Steps}}}, bad: {{{Steps}}}}}");
            await Task.WhenAll(run.Launched("good"), run.Launched("bad"));
            run.End("good");
            run.End("bad", Conclusion.Failed);

            var (_, events) = await run.FinishAsync();

            Assert.Equal((false, true), (run.Backend.Job("good").IsKept, run.Backend.Job("bad").IsKept));
            names.Add(Assert.Single(events.OfType<RunNoticeEvent>()).Message);
        }

        Assert.StartsWith("bad: kept as 0-bad-", names[0], StringComparison.Ordinal);
        Assert.Equal(names[0], names[1]);
        Assert.NotEqual(names[0], names[2]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Jobs_are_measured_where_that_is_asked_for()
    {
        using var measured = EngineRun.StartMeasured($"jobs: {{a: {{{Steps}}}}}");
        using var other = EngineRun.Start($"jobs: {{a: {{{Steps}}}}}");

        Assert.Equal(new UsageReport { InSummary = true }, (await measured.Launched("a")).Usage);
        Assert.Null((await other.Launched("a")).Usage);
        measured.End("a");
        other.End("a");
        await Task.WhenAll(measured.FinishAsync(), other.FinishAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Job_that_is_cancelled_before_its_worker_started_is_cancelled_and_not_failed()
    {
        using var run = EngineRun.Start($"jobs: {{a: {{{Steps}}}, b: {{needs: a, {Steps}}}}}");
        run.Backend.Job("b").IsPulling = true;
        run.End("a");
        await run.Launched("b");

        run.Cancel();
        var (conclusion, events) = await run.FinishAsync();

        Assert.Equal((Conclusion.Canceled, "The operation was canceled."), (conclusion, events.OfType<LocalJobEndedEvent>().Last().Reason));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_the_worker_tells_is_told_with_the_step()
    {
        using var run = EngineRun.Start($"jobs: {{a: {{{Steps}}}}}");
        var job = run.Backend.Job("a");
        await run.Launched("a");
        var step = new StepRecord { Id = new StepId(Guid.NewGuid()), Number = 1, Name = "Run x", Status = StepStatus.Pending };

        job.Tell(new StepChangedEvent { Step = step });
        job.Tell(new StepChangedEvent { Step = step with { Status = StepStatus.InProgress, StartedAt = Now } });
        job.Tell(new LineEvent { Step = step.Id, Time = Now, Text = "hello" });
        job.Tell(new SummaryEvent { Step = step.Id, Markdown = "# hi" });
        var annotation = new Annotation { Level = AnnotationLevel.Failure, Message = "no" };
        job.Tell(new StepChangedEvent
        {
            Step = step with
            {
                Status = StepStatus.Completed, StartedAt = Now, CompletedAt = Now.AddSeconds(3), Conclusion = Conclusion.Failed, Annotations = [annotation],
            },
        });
        job.End(Conclusion.Failed);
        var (_, events) = await run.FinishAsync();

        var named = new LocalJobId(".github/workflows/0.yml", ".github/workflows/0.yml", "a", "a");
        var shown = new RunStep(1, "Run x");
        Assert.Equal(
            [
                new LocalJobQueuedEvent(Now, named, "fake"),
                new LocalJobStartedEvent(Now, named, "place"),
                new LocalStepStartedEvent(Now, named, shown),
                new LocalLineEvent(Now, named, shown, "hello"),
                new LocalSummaryEvent(Now, named, shown, "# hi"),
                new LocalAnnotationEvent(Now, named, shown, annotation),
                new LocalStepEndedEvent(Now.AddSeconds(3), named, shown, Conclusion.Failed, TimeSpan.FromSeconds(3)),
            ],
            events.OfType<JobEvent>().Where(told => told is not LocalJobEndedEvent));
    }

    [Fact(Timeout = 30_000)]
    public async Task Failed_leg_cancels_the_others_and_one_that_has_not_begun_never_does()
    {
        using var run = EngineRun.StartWith(2, $"jobs: {{m: {{strategy: {{matrix: {{n: [1, 2, 3]}}}}, {Steps}}}}}");
        await run.Launched("m (1)");
        await run.Launched("m (2)");

        run.End("m (1)", Conclusion.Failed);
        Assert.Equal(TimeSpan.FromMinutes(5), await run.Backend.Job("m (2)").Canceled.WaitAsync(TestContext.Current.CancellationToken));
        var (conclusion, events) = await run.FinishAsync();

        Assert.Equal(Conclusion.Failed, conclusion);
        Assert.Equal(["m (1) Failed", "m (2) Canceled", "m (3) Canceled"], Ends(events).Order());
        Assert.False(run.Backend.Job("m (3)").Launched.IsCompleted);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_stops_jobs_and_still_runs_what_runs_always()
    {
        using var run = EngineRun.Start($"jobs: {{a: {{{Steps}}}, b: {{needs: a, {Steps}}}, clean: {{needs: a, if: always(), {Steps}}}}}");
        await run.Launched("a");

        run.Cancel();
        await run.Launched("clean");
        run.End("clean");
        var (conclusion, events) = await run.FinishAsync();

        Assert.Equal(Conclusion.Canceled, conclusion);
        Assert.Equal(["a Canceled", "b Canceled", "clean Succeeded"], Ends(events));
    }

    [Fact(Timeout = 30_000)]
    public async Task Killing_ends_even_what_does_not_heed_a_cancel()
    {
        using var run = EngineRun.Start($"jobs: {{a: {{{Steps}}}}}");
        run.Backend.Job("a").IgnoresCancel = true;
        await run.Launched("a");
        run.Cancel();
        await run.Backend.Job("a").Canceled.WaitAsync(TestContext.Current.CancellationToken);

        run.Kill();
        var (conclusion, _) = await run.FinishAsync();

        Assert.Equal(Conclusion.Canceled, conclusion);
        Assert.True(run.Backend.Job("a").IsDisposed);
    }

    [Fact(Timeout = 30_000)]
    public async Task Job_that_runs_out_of_time_is_cancelled_and_says_so()
    {
        using var run = EngineRun.Start($"jobs: {{a: {{timeout-minutes: 90, {Steps}}}}}");
        await run.Launched("a");
        var canceled = run.Backend.Job("a").Canceled;
        while (!canceled.IsCompleted)
        {
            // The limit begins when the engine has read that the job started, which no test can see: so time goes on until it is over.
            run.Time.Advance(TimeSpan.FromMinutes(91));
            await Task.Yield();
        }

        var (conclusion, events) = await run.FinishAsync();

        Assert.Equal(Conclusion.Canceled, conclusion);
        Assert.Equal("The job has exceeded the maximum execution time of 1h30m0s", events.OfType<LocalJobEndedEvent>().Single().Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task Job_that_cannot_be_launched_or_is_lost_fails_with_the_reason()
    {
        using var run = EngineRun.StartWith(1, $"jobs: {{first: {{{Steps}}}, lost: {{{Steps}}}, refused: {{{Steps}}}}}");
        run.Backend.Job("refused").Refusal = new WorkflowException("macos is not to be had here");
        await run.Launched("first");
        run.End("first");
        await run.Launched("lost");

        run.Backend.Job("lost").Finish(new JobEnd { Failure = FailureReason.WorkerDied, Message = "killed by signal 9" });
        var (conclusion, events) = await run.FinishAsync();

        Assert.Equal(Conclusion.Failed, conclusion);
        Assert.Equal([null, "killed by signal 9", "macos is not to be had here"], events.OfType<LocalJobEndedEvent>().Select(ended => ended.Reason));
    }

    [Fact(Timeout = 30_000)]
    public async Task Runs_of_one_event_share_concurrency_groups()
    {
        using var run = EngineRun.Start($"concurrency: g\njobs: {{a: {{{Steps}}}}}", $"concurrency: g\njobs: {{b: {{{Steps}}}}}");
        await run.Launched("a");
        Assert.False(run.Backend.Job("b").Launched.IsCompleted);

        run.End("a");
        await run.Launched("b");
        run.End("b");
        var (conclusion, events) = await run.FinishAsync();

        Assert.Equal(Conclusion.Succeeded, conclusion);
        Assert.Contains("waits for another run of concurrency group 'g'", events.OfType<RunNoticeEvent>().Single().Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Ends(IEnumerable<RunEvent> events) =>
        events.OfType<LocalJobEndedEvent>().Select(ended => $"{ended.Job.Name} {ended.Conclusion}");
}
