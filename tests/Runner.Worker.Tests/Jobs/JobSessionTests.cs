using System.IO.Pipes;
using System.Text;
using Runner.Execution.Hosting;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Testing.Http;
using Runner.Worker.Reporting;

namespace Runner.Worker.Tests.Jobs;

public sealed class JobSessionTests(FakeHttpServer server) : IDisposable
{
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
    public async Task A_job_runs_its_log_arrives_and_it_is_completed()
    {
        var (runService, results) = (new FakeRunService(server), new FakeResults(server));
        var step = Some.Script("echo hello");

        var exitCode = await RunAsync(runService, results, step);

        Assert.Equal(0, exitCode);
        var completion = Assert.Single(runService.Completions);
        Assert.Equal(Conclusion.Succeeded, completion.Conclusion);
        var result = completion.StepResults!.Single(result => result.ExternalId == step.Id);
        Assert.Equal((StepStatus.Completed, "run"), (result.Status, result.Type));
        Assert.Equal(results.Text(step.Id.ToString()).Count(letter => letter == '\n'), result.CompletedLogLines);
        Assert.Contains("Z hello\n", results.Text(step.Id.ToString()), StringComparison.Ordinal);
        Assert.Contains("Z hello\n", results.Text("job"), StringComparison.Ordinal);
        var outcome = Outcome();
        Assert.Equal((Conclusion.Succeeded, true), (outcome.Conclusion, outcome.IsReported));
        Assert.NotNull(outcome.FirstStep);
        Assert.Empty(Directory.GetFiles(_folder["spool/logs"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failed_job_is_a_job_well_reported()
    {
        var (runService, results) = (new FakeRunService(server), new FakeResults(server));

        var exitCode = await RunAsync(runService, results, Some.Script("exit 3"));

        Assert.Equal(0, exitCode);
        Assert.Equal(Conclusion.Failed, Assert.Single(runService.Completions).Conclusion);
        Assert.Equal((Conclusion.Failed, true), (Outcome().Conclusion, Outcome().IsReported));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_whose_lock_is_gone_is_stopped_and_abandoned_and_nobody_is_told()
    {
        var (runService, results) = (new FakeRunService(server) { RenewStatus = 404 }, new FakeResults(server));

        var exitCode = await RunAsync(runService, results, Some.Script("exec sleep 60"));

        Assert.Equal(69, exitCode);
        Assert.Empty(runService.Completions);
        Assert.Equal((Conclusion.Abandoned, true), (Outcome().Conclusion, Outcome().IsReported));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cancelled_job_stops_its_step_and_is_reported()
    {
        var (runService, results) = (new FakeRunService(server), new FakeResults(server));
        var running = RunAsync(runService, results, Some.Script($"touch {_folder["ready"]}; exec sleep 60"));
        while (!File.Exists(_folder["ready"]))
        {
            Cancelled.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        _cancellation.Cancel(CancelReason.User);
        var exitCode = await running;

        Assert.Equal(0, exitCode);
        Assert.Equal(Conclusion.Canceled, Assert.Single(runService.Completions).Conclusion);
    }

    public static TheoryData<int[], int, bool, int> Completions => new()
    {
        // answers          calls reported exit code
        { [500, 503, 204],  3,    true,    0 },
        { [404],            1,    true,    0 },
        { [500, 404],       2,    true,    0 },
        { [422],            1,    false,   69 },
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Completions))]
    public async Task Completion_is_repeated_where_that_can_help(int[] answers, int calls, bool isReported, int exitCode)
    {
        var (runService, results) = (new FakeRunService(server) { CompleteStatuses = answers }, new FakeResults(server));

        var actual = await RunAsync(runService, results, Some.Script("true"));

        Assert.Equal(calls, runService.Completions.Count);
        Assert.Equal((exitCode, isReported), (actual, Outcome().IsReported));
        Assert.Equal(Conclusion.Succeeded, Outcome().Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_dead_results_service_does_not_change_the_conclusion_and_is_noted()
    {
        var (runService, results) = (new FakeRunService(server), new FakeResults(server) { Misbehave = (_, _) => Mischief.Status500 });
        var options = TestSetup.Quick with { MaxAfterEnd = TimeSpan.FromMilliseconds(200) };

        var exitCode = await RunAsync(runService, results, options, Some.Script("true"));

        Assert.Equal(0, exitCode);
        var completion = Assert.Single(runService.Completions);
        Assert.Equal(Conclusion.Succeeded, completion.Conclusion);
        var note = Assert.Single(completion.Annotations!);
        Assert.Equal((AnnotationLevel.Warning, true), (note.Level, note.IsInfrastructureIssue));
        Assert.Contains("could not be sent completely", note.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_without_a_results_service_is_told_the_result_alone()
    {
        var (runService, results) = (new FakeRunService(server), new FakeResults(server));
        var payload = Payload(runService, results, Some.Script("echo a summary >> $GITHUB_STEP_SUMMARY"));

        var exitCode = await RunAsync(payload with { Job = payload.Job with { Variables = new Dictionary<string, VariableValue>() } }, TestSetup.Quick);

        Assert.Equal((0, true), (exitCode, Outcome().IsReported));
        var completion = Assert.Single(runService.Completions);
        Assert.Equal((Conclusion.Succeeded, null), (completion.Conclusion, completion.Annotations));
        Assert.True(completion.StepResults!.Single(step => step.Type == "run").CompletedLogLines > 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_whose_place_is_taken_away_fails_and_GitHub_is_told_why()
    {
        var (runService, results) = (new FakeRunService(server), new FakeResults(server));
        _cancellation.Explain("The node is drained");
        _cancellation.Cancel(CancelReason.Removal);

        await RunAsync(runService, results, Some.Script("echo never"));

        var completion = Assert.Single(runService.Completions);
        var reason = Assert.Single(completion.Annotations!);
        Assert.Equal(
            (Conclusion.Failed, AnnotationLevel.Failure, "The node is drained", true),
            (completion.Conclusion, reason.Level, reason.Message, reason.IsInfrastructureIssue));
        Assert.Equal((Conclusion.Failed, true), (Outcome().Conclusion, Outcome().IsRemoval));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_message_without_a_run_service_leaves_an_outcome_with_the_reason()
    {
        var payload = Payload(new FakeRunService(server), new FakeResults(server), Some.Script("true"));
        payload = payload with { Job = payload.Job with { Resources = new JobResources() } };

        var exitCode = await RunAsync(payload, TestSetup.Quick);

        Assert.Equal(69, exitCode);
        Assert.Equal((Conclusion.Failed, false), (Outcome().Conclusion, Outcome().IsReported));
        Assert.Contains("SystemVssConnection", Outcome().Reason, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Log_is_printed_too_where_that_is_asked_for(bool isAsked)
    {
        var (runService, results) = (new FakeRunService(server), new FakeResults(server));
        using var output = new MemoryStream();
        var payload = Payload(runService, results, Some.Script("echo \"::add-mask::mus\"; echo a mus hello")) with { MirrorsLog = isAsked };

        await SomeSession.RunAsync(payload, TestSetup.Quick, _cancellation, _log, output: output);

        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n');
        Assert.Equal(isAsked, lines.Contains("a *** hello"));
        Assert.Equal(isAsked ? results.Text("job").Split('\n').Length : 1, lines.Length);
    }

    [Fact(Timeout = 60_000)]
    public async Task Log_that_nobody_takes_from_the_pod_costs_neither_job_nor_log()
    {
        var (runService, results) = (new FakeRunService(server), new FakeResults(server));
        await using var unread = new AnonymousPipeServerStream(PipeDirection.In);
        await using var output = new AnonymousPipeClientStream(PipeDirection.Out, unread.ClientSafePipeHandle);
        var payload = Payload(runService, results, Some.Script("seq 100000 199999")) with { MirrorsLog = true };

        Assert.Equal(0, await SomeSession.RunAsync(payload, TestSetup.Quick, _cancellation, _log, output: output));

        await unread.DisposeAsync(); // or the write that waits would hold up the pipe's other end
        Assert.Contains("Z 199999\n", results.Text("job"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task No_token_is_in_the_workers_own_log()
    {
        var (runService, results) = (new FakeRunService(server) { CompleteStatuses = [500, 500, 422] }, new FakeResults(server));

        await RunAsync(runService, results, Some.Script("true"));

        Assert.Contains("completejob", _log.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("t0k3n", _log.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(FakeRunService runService, FakeResults results, params JobStep[] steps) =>
        RunAsync(runService, results, TestSetup.Quick, steps);

    private Task<int> RunAsync(FakeRunService runService, FakeResults results, ReportingOptions options, params JobStep[] steps) =>
        RunAsync(Payload(runService, results, steps), options);

    private Task<int> RunAsync(LaunchPayload payload, ReportingOptions options) => SomeSession.RunAsync(payload, options, _cancellation, _log);

    private LaunchPayload Payload(FakeRunService runService, FakeResults results, params JobStep[] steps) =>
        SomeSession.Payload(runService, results, _folder, steps);

    private WorkerOutcome Outcome()
    {
        Assert.True(WorkerOutcome.TryParse(File.ReadAllText(_folder["outcome.json"]), out var outcome));
        return outcome!; // parsed, by the line above
    }
}
