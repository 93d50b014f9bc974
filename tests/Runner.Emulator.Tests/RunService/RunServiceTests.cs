using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Emulator.Tests.Clients;
using Runner.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Tests.RunService;

public sealed class RunServiceTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_job_is_given_to_one_runner_only_and_to_that_one_again()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var owner = await emulator.OnlineRunnerAsync("owner");
        var other = await emulator.OnlineRunnerAsync("other");
        emulator.Server.QueueJob(new RawJob());
        var request = await owner.NextRequestAsync(TestEmulator.Token);

        using var stolen = await other.AcquireAsync(request, TestEmulator.Token);
        using var first = await owner.AcquireAsync(request, TestEmulator.Token);
        using var again = await owner.AcquireAsync(request, TestEmulator.Token);
        using var late = await other.AcquireAsync(request, TestEmulator.Token);

        Assert.Equal([409, 200, 200, 409], [.. new[] { stolen, first, again, late }.Select(answer => (int)answer.StatusCode)]);
        var body = JsonNode.Parse(await stolen.Content.ReadAsStringAsync(TestEmulator.Token))!;
        Assert.Equal("actions-run-service 409", $"{body["source"]} {body["statusCode"]}");
        Assert.NotEmpty(body["errorMessage"]!.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_cancelled_before_it_was_acquired_is_404_and_one_that_never_was_409()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var runner = await emulator.OnlineRunnerAsync();
        var queued = emulator.Server.QueueJob(new RawJob());
        var request = await runner.NextRequestAsync(TestEmulator.Token);
        emulator.Server.CancelJob(queued.Id);

        using var cancelled = await runner.AcquireAsync(request, TestEmulator.Token);
        request["runner_request_id"] = Guid.NewGuid().ToString();
        using var gone = await runner.AcquireAsync(request, TestEmulator.Token);

        Assert.Equal("404 job was canceled", await SaidAsync(cancelled));
        Assert.Equal("409 job assignment is invalid: MissingKey", await SaidAsync(gone));
        Assert.Equal(Conclusion.Canceled, emulator.Server.FindJob(queued.Id)?.Conclusion);
    }

    private static async Task<string> SaidAsync(HttpResponseMessage answer)
    {
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestEmulator.Token))!;
        return $"{body["statusCode"]} {body["errorMessage"]}";
    }

    [Theory(Timeout = 60_000)]
    [InlineData("")]
    [InlineData(",\"conclusion\":null")]
    [InlineData(",\"conclusion\":\"bogus\"")]
    [InlineData(",\"conclusion\":77")]
    [InlineData(",\"result\":\"failed\"")]
    public async Task A_completion_without_a_conclusion_that_is_known_is_refused(string further)
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();

        using var answer = await job.PostAsync(
            new Uri(new Uri(job.Connection["url"]!.ToString()), "completejob"), $"{{\"planId\":\"{job.PlanId}\",\"jobId\":\"{job.JobId}\"{further}}}", TestEmulator.Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(emulator.Server.FindJob(new JobId(Guid.Parse(job.JobId)))?.Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task Only_the_jobs_own_token_renews_and_completes()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync("one");
        var (_, other) = await emulator.RunningJobAsync("other");

        using var renewed = await job.RenewAsync(TestEmulator.Token, other.Token);
        using var completed = await job.CompleteAsync(TestEmulator.Token, token: other.Token);
        using var resultsCall = await job.ReceiverAsync("GetJobLogsSignedBlobURL", null, string.Empty, TestEmulator.Token, other.Token);

        Assert.Equal([401, 401, 403], [.. new[] { renewed, completed, resultsCall }.Select(answer => (int)answer.StatusCode)]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_lock_that_is_renewed_holds_and_one_that_is_not_ends_the_job()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        var (runner, job) = await emulator.RunningJobAsync();
        time.Advance(TimeSpan.FromMinutes(9));
        using var first = await job.RenewAsync(TestEmulator.Token);
        time.Advance(TimeSpan.FromMinutes(9));
        using var second = await job.RenewAsync(TestEmulator.Token);

        time.Advance(TimeSpan.FromMinutes(10));

        using var late = await job.RenewAsync(TestEmulator.Token);
        using var completed = await job.CompleteAsync(TestEmulator.Token);
        Assert.Equal([200, 200, 404, 404], [.. new[] { first, second, late, completed }.Select(answer => (int)answer.StatusCode)]);
        var until = DateTimeOffset.Parse((await OfficialRunner.ReadAsync(second, TestEmulator.Token))["lockedUntil"]!.ToString(), null);
        Assert.Equal(0, Math.Round((time.GetUtcNow() - until).TotalSeconds));
        var ended = emulator.Server.FindJob(Id(job));
        Assert.Equal(Conclusion.Failed, ended?.Conclusion);
        Assert.Contains("lost communication", ended?.Reason, StringComparison.Ordinal);
        using var poll = await runner.GetMessageAsync("Online", TestEmulator.Token);
        Assert.Equal("200 ", $"{(int)poll.StatusCode} {await poll.Content.ReadAsStringAsync(TestEmulator.Token)}"); // it is spent
    }

    [Fact(Timeout = 60_000)]
    public async Task A_lock_ends_though_the_timer_rings_a_moment_too_early()
    {
        var time = new EarlyTimers(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        var (_, job) = await emulator.RunningJobAsync();

        time.Advance(TimeSpan.FromMinutes(10) - EarlyTimers.By);
        var early = emulator.Server.FindJob(Id(job));
        time.Advance(EarlyTimers.By);

        Assert.Null(early?.Conclusion);
        Assert.Equal(Conclusion.Failed, emulator.Server.FindJob(Id(job))?.Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cancelled_job_that_does_not_stop_is_ended_by_force()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        var (_, job) = await emulator.RunningJobAsync();
        emulator.Server.CancelJob(Id(job));

        time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(Conclusion.Canceled, emulator.Server.FindJob(Id(job))?.Conclusion);
        using var completed = await job.CompleteAsync(TestEmulator.Token);
        Assert.Equal(HttpStatusCode.NotFound, completed.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_message_given_as_text_reaches_the_runner_as_it_is()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var queued = await emulator.PostAsync("emulator/jobs", """{"labels":["self-hosted"],"name":"broken","message":"{ not json"}""", token: null);
        var runner = await emulator.OnlineRunnerAsync();

        using var acquired = await runner.AcquireAsync(await runner.NextRequestAsync(TestEmulator.Token), TestEmulator.Token);

        Assert.Equal(HttpStatusCode.Created, queued.StatusCode);
        Assert.Equal("{ not json", await acquired.Content.ReadAsStringAsync(TestEmulator.Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_message_given_as_an_object_keeps_what_it_has()
    {
        await using var emulator = await TestEmulator.StartAsync();
        emulator.Server.QueueJob(new RawJob
        {
            Message = TestEmulator.Json("""{"jobDisplayName":"mine","variables":{"system.runnerGroupName":{"value":"other"}},"steps":[{"type":"action"}]}"""),
        });

        var job = await (await emulator.OnlineRunnerAsync()).TakeJobAsync(TestEmulator.Token, isByTest: true);

        Assert.Equal("mine", job.Message["jobDisplayName"]!.ToString());
        Assert.Equal("other", job.Message["variables"]!["system.runnerGroupName"]!["value"]!.ToString());
        Assert.Equal("Default action", $"Default {job.Message["steps"]![0]!["type"]}");
        Assert.Equal("ws", job.FeedUrl.Scheme);
        Assert.True((bool)job.Message["variables"]!["github_token"]!["isSecret"]!);
    }

    [Fact(Timeout = 60_000)]
    public async Task Results_annotations_and_outputs_are_kept()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();
        var step = Guid.NewGuid();

        using var completed = await job.CompleteAsync(TestEmulator.Token, "failed", $$"""
            ,"stepResults":[{"external_id":"{{step}}","number":1,"name":"Run make","type":"run","status":"completed","conclusion":"failed",
              "started_at":"2026-01-31T08:15:30.123Z","completed_at":"2026-01-31T08:15:31.123Z","completed_log_lines":5,
              "annotations":[{"level":"failure","message":"Process completed with exit code 2.","path":".github","startLine":3,"endLine":3}]}],
             "annotations":[{"level":"WARNING","message":"outdated"}],"environmentUrl":"http://app.example/"
            """);

        Assert.Equal(HttpStatusCode.NoContent, completed.StatusCode);
        var info = emulator.Server.FindJob(Id(job));
        Assert.Equal(Conclusion.Failed, info?.Conclusion);
        var result = info?.Step("Run make");
        Assert.Equal((Conclusion.Failed, 5L), (result?.Conclusion, result?.LogLines));
        Assert.Equal("Process completed with exit code 2.", Assert.Single(result!.Annotations).Message);
        Assert.Equal(AnnotationLevel.Warning, Assert.Single(info!.Annotations).Level);
        Assert.Equal("http://app.example/", info.EnvironmentUrl);
    }

    private static JobId Id(OfficialJob job) => new(Guid.Parse(job.JobId));
}

/// <summary>A clock whose timers ring half a millisecond early, as those of the system may: they count whole ones.</summary>
internal sealed class EarlyTimers(DateTimeOffset start) : FakeTimeProvider(start)
{
    public static readonly TimeSpan By = TimeSpan.FromMicroseconds(500);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new EarlyTimer(base.CreateTimer(callback, state, Early(dueTime), period));

    private static TimeSpan Early(TimeSpan wait) => wait > By ? wait - By : wait;

    private sealed class EarlyTimer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Early(dueTime), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
