using Runner.Agent.Board;
using Runner.Agent.Tracing;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Traces;

namespace Runner.Agent.Tests.Tracing;

public sealed class JobSpansTests
{
    private static readonly Guid Id = Guid.Parse("6b0c1f1e-7d57-4b3c-9a57-111111111111");
    private static readonly DateTimeOffset Seen = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Job_is_one_span_with_its_stages_one_after_the_other_below_it()
    {
        var spans = JobSpans.Of(View() with
        {
            Conclusion = Conclusion.Failed,
            Reason = "evicted",
            Message = "The job's pod was evicted",
            Times = new JobMoments { Queued = Seen.AddSeconds(-3), Seen = Seen, Taken = At(1), Created = At(1), Scheduled = At(2), Started = At(5), FirstStep = At(6), LastStep = At(60), Ended = At(61) },
        });

        var job = spans[0];
        Assert.Equal(("6b0c1f1e7d574b3c9a57111111111111", null, "build (18)", true, "The job's pod was evicted"), (job.TraceId, job.ParentId, job.Name, job.IsFailed, job.Message));
        Assert.Equal((At(-3), At(61)), (job.Start, job.End));
        Assert.Contains(("cicd.pipeline.task.run.result", "failure"), job.Attributes);
        Assert.Contains(("error.type", "evicted"), job.Attributes);
        Assert.Contains(("vcs.repository.name", "octo-org/hello"), job.Attributes);
        Assert.Equal(["queued", "acquired", "scheduling", "starting", "settingup", "running", "reporting"], spans.Skip(1).Select(span => span.Name));
        Assert.All(spans.Skip(1), span => Assert.Equal((job.TraceId, job.SpanId), (span.TraceId, span.ParentId)));
        Assert.Equal(spans.Skip(1).Select(span => span.End).SkipLast(1), spans.Skip(2).Select(span => span.Start));
        Assert.Equal(TraceIds.Stage(new JobId(Id), TraceIds.StepsStage), spans.Single(span => span.Name == "running").SpanId); // of which the steps are parts
        Assert.Equal(spans.Length, spans.Select(span => span.SpanId).Distinct().Count());
    }

    [Fact]
    public void Job_that_succeeded_has_no_error()
    {
        var job = JobSpans.Of(View() with { Conclusion = Conclusion.Succeeded, Reason = "none", Times = new JobMoments { Seen = Seen, Ended = At(1) } })[0];

        Assert.Equal((false, null), (job.IsFailed, job.Attributes.Single(attribute => attribute.Name == "error.type").Value));
    }

    [Fact]
    public void Nothing_is_told_of_a_job_of_whose_times_nothing_is_known() => Assert.Empty(JobSpans.Of(View()));

    private static DateTimeOffset At(int seconds) => Seen.AddSeconds(seconds);

    private static JobView View() => new() { Id = Id.ToString(), Name = "build (18)", Pool = "linux", Runner = "runner-1", Repository = "octo-org/hello" };
}
