using Microsoft.Extensions.Time.Testing;
using Runner.Execution.Hosting;
using Runner.Execution.Scopes;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Tests.Scopes;

public sealed class JobProgressTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(Conclusion.Succeeded, Conclusion.Succeeded)]
    [InlineData(Conclusion.Skipped, Conclusion.Succeeded)]
    [InlineData(Conclusion.Canceled, Conclusion.Succeeded)] // a step that was cancelled in the background: the job's own cancel counts otherwise
    [InlineData(Conclusion.Failed, Conclusion.Failed)]
    public void Only_a_failed_step_changes_the_result(Conclusion step, Conclusion result)
    {
        var progress = new JobProgress(_time);

        progress.TakeIn(step);
        progress.TakeIn(Conclusion.Succeeded);

        Assert.Equal(result, progress.Result);
    }

    [Theory]
    [InlineData(CancelReason.Removal, Conclusion.Canceled)]
    [InlineData(CancelReason.User, Conclusion.Canceled)]
    [InlineData(CancelReason.LockLost, Conclusion.Canceled)]
    [InlineData(CancelReason.Shutdown, Conclusion.Failed)]
    public void Cancel_counts_more_than_a_failure_before_or_after_it(CancelReason reason, Conclusion result)
    {
        var progress = new JobProgress(_time);

        progress.TakeIn(Conclusion.Failed);
        progress.Stop(reason);
        progress.TakeIn(Conclusion.Failed);

        Assert.Equal(result, progress.Result);
    }

    [Fact]
    public void First_process_and_last_end_are_the_moments_that_count()
    {
        var progress = new JobProgress(_time);
        Assert.Equal((null, null), (progress.FirstStep, progress.LastStepEnded));

        var start = _time.GetUtcNow();
        progress.NoteProcessStart();
        progress.NoteStepEnd();
        _time.Advance(TimeSpan.FromSeconds(5));
        progress.NoteProcessStart();
        progress.NoteStepEnd();

        Assert.Equal((start, start.AddSeconds(5)), (progress.FirstStep, progress.LastStepEnded));
    }
}
