using Microsoft.Extensions.Time.Testing;
using Runner.Execution.Hosting;
using Runner.Jobs.Launch;
using Runner.Testing;
using Runner.Testing.Http;

namespace Runner.Worker.Tests.Jobs;

/// <summary>
/// What a job costs in calls to GitHub. Of three logs of steps and the job's own each needs its address, its content and its line count; the rest of the
/// numbers is ours to keep small.
/// </summary>
public sealed class RoundTripTests(FakeHttpServer server) : IDisposable
{
    // It stands still, or runs for a moment: what is counted does not depend on how fast this machine is.
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    private readonly TempFolder _folder = new();
    private readonly StringWriter _log = new();
    private readonly JobCancellation _cancellation = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
        _cancellation.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_trivial_job_costs_its_worker_14_calls()
    {
        var (runService, results) = (new FakeRunService(server), new FakeResults(server));
        var payload = JustAcquired(SomeSession.Payload(runService, results, _folder, Some.Script("echo hello")));

        var exitCode = await SomeSession.RunAsync(payload, TestSetup.Quick, _cancellation, _log, _time);

        Assert.Equal(0, exitCode);
        Assert.Equal([4, 4, 4, 1], new[] { "url", "put", "metadata", "steps" }.Select(kind => results.Requests(kind).Count));
        Assert.Equal((0, 0), (results.Requests("create").Count, results.Requests("append").Count));
        Assert.Equal((0, 1), (runService.Renewals.Count, runService.Completions.Count));
    }

    [Fact(Timeout = 60_000)]
    public async Task After_the_last_steps_end_three_calls_follow_each_other()
    {
        var (runService, results) = (new FakeRunService(server), new FakeResults(server));
        var step = Some.Script($"until [ -e {_folder["go"]} ]; do sleep 0.01; done");
        var payload = JustAcquired(SomeSession.Payload(runService, results, _folder, step));
        var running = SomeSession.RunAsync(payload, TestSetup.Quick with { FirstPartialDelay = TimeSpan.FromHours(1) }, _cancellation, _log, _time);

        // The logs of "Set up job", the step, the job and "Complete job" have their addresses, the first is complete, and the job is shown to run.
        await results.Requests("url").ReachAsync(4, Cancelled);
        await results.Requests("metadata").ReachAsync(1, Cancelled);
        await results.AdvanceUntilAsync(_time, "steps", 1, Cancelled);
        var (contents, counts) = (new TaskCompletionSource(), new TaskCompletionSource());
        results.Answering = kind => kind == "url" ? Task.CompletedTask : contents.Task;

        await File.WriteAllTextAsync(_folder["go"], "", Cancelled);

        // First: none of these waits for another's answer.
        await results.Requests("put").ReachAsync(4, Cancelled);
        await results.Requests("steps").ReachAsync(2, Cancelled);
        Assert.Equal((1, 0), (results.Requests("metadata").Count, runService.Completions.Count));
        results.Answering = _ => counts.Task;
        contents.SetResult();

        // Second, and third.
        await results.Requests("metadata").ReachAsync(4, Cancelled);
        Assert.Empty(runService.Completions);
        counts.SetResult();
        Assert.Equal(0, await running);

        Assert.Single(runService.Completions);
        Assert.Equal([4, 4, 4, 2], new[] { "url", "put", "metadata", "steps" }.Select(kind => results.Requests(kind).Count));
    }

    private LaunchPayload JustAcquired(LaunchPayload payload) => payload with { Times = new LaunchTimes { MessageSeen = _time.GetUtcNow() } };
}
