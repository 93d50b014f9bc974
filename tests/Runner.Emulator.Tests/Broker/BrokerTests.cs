using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Emulator.Tests.Clients;

namespace Runner.Emulator.Tests.Broker;

public sealed class BrokerTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_second_session_conflicts_until_the_first_is_deleted_or_forgotten()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        var runner = await emulator.OnlineRunnerAsync();

        using var conflict = await runner.PostSessionAsync(TestEmulator.Token);
        time.Advance(TimeSpan.FromSeconds(101));
        using var later = await runner.PostSessionAsync(TestEmulator.Token);
        using var deleted = await runner.DeleteSessionAsync(TestEmulator.Token);
        using var last = await runner.PostSessionAsync(TestEmulator.Token);

        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
        var body = JsonNode.Parse(await conflict.Content.ReadAsStringAsync(TestEmulator.Token))!;
        Assert.Equal("actions-broker-listener 409", $"{body["source"]} {body["statusCode"]}");
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK], [later.StatusCode, deleted.StatusCode, last.StatusCode]);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_empty_poll_is_held_for_50_seconds_and_answered_without_a_body()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        var runner = await emulator.OnlineRunnerAsync();
        var poll = runner.GetMessageAsync("Online", TestEmulator.Token);
        await Waiting.PolledAsync(emulator, runner);

        time.Advance(TimeSpan.FromSeconds(49));
        Assert.False(poll.IsCompleted);
        while (!poll.IsCompleted)
        {
            // The poll's clock may start a moment after it is seen; each turn is less than a session's life.
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        using var answer = await poll;
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestEmulator.Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_answers_the_poll_that_waits_for_its_labels()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var wrong = await emulator.OnlineRunnerAsync("wrong", "self-hosted");
        var right = await emulator.OnlineRunnerAsync("right", "self-hosted", "gpu");
        var wrongPoll = wrong.GetMessageAsync("Online", TestEmulator.Token);
        var rightPoll = right.NextRequestAsync(TestEmulator.Token);
        await Waiting.PolledAsync(emulator, wrong);
        await Waiting.PolledAsync(emulator, right);

        emulator.Server.QueueJob(new RawJob { Labels = ["GPU", "self-hosted"] });

        var request = await rightPoll;
        Assert.True((bool)request["should_acknowledge"]!);
        Assert.EndsWith("/", request["run_service_url"]!.ToString(), StringComparison.Ordinal);
        Assert.False(wrongPoll.IsCompleted);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_busy_runner_is_offered_no_job()
    {
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { PollDuration = TimeSpan.FromMilliseconds(50) });
        var runner = await emulator.OnlineRunnerAsync();
        emulator.Server.QueueJob(new RawJob());

        var busy = await runner.PollAsync(TestEmulator.Token, "Busy");
        var online = await runner.PollAsync(TestEmulator.Token);

        Assert.Null(busy);
        Assert.NotNull(online);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_message_comes_again_until_the_runner_acknowledges()
    {
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { PollDuration = TimeSpan.FromMilliseconds(50) });
        var runner = await emulator.OnlineRunnerAsync();
        emulator.Server.QueueJob(new RawJob());

        var first = await runner.NextRequestAsync(TestEmulator.Token);
        var again = await runner.NextRequestAsync(TestEmulator.Token);
        using var acknowledged = await runner.AcknowledgeAsync(OfficialRunner.Text(first, "runner_request_id"), TestEmulator.Token);
        var nothing = await runner.PollAsync(TestEmulator.Token);

        Assert.Equal(first["runner_request_id"]!.ToString(), again["runner_request_id"]!.ToString());
        Assert.Equal(HttpStatusCode.OK, acknowledged.StatusCode);
        Assert.Null(nothing);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_that_is_not_acquired_in_time_goes_to_another_runner()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        var slow = await emulator.OnlineRunnerAsync("slow");
        var queued = emulator.Server.QueueJob(new RawJob());
        var lost = await slow.NextRequestAsync(TestEmulator.Token);

        time.Advance(TimeSpan.FromMinutes(1));
        var job = await (await emulator.OnlineRunnerAsync("quick")).TakeJobAsync(TestEmulator.Token);

        Assert.Equal(queued.Id.ToString(), job.JobId);
        using var acquired = await slow.AcquireAsync(lost, TestEmulator.Token);
        Assert.Equal(HttpStatusCode.Conflict, acquired.StatusCode);
        Assert.Contains("job assignment is invalid: MissingKey", await acquired.Content.ReadAsStringAsync(TestEmulator.Token), StringComparison.Ordinal);
        using var acknowledged = await slow.AcknowledgeAsync(OfficialRunner.Text(lost, "runner_request_id"), TestEmulator.Token);
        Assert.Equal(HttpStatusCode.NotFound, acknowledged.StatusCode);
        Assert.Contains("AcknowledgeJobNotFound", await acknowledged.Content.ReadAsStringAsync(TestEmulator.Token), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_strange_session_or_token_opens_no_poll()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (runner, job) = await emulator.RunningJobAsync();
        var other = await emulator.OnlineRunnerAsync("other");
        var poll = new Uri(runner.ServerUrlV2, $"message?sessionId={other.SessionId}&status=Online");

        using var foreign = await runner.SendAsync(HttpMethod.Get, poll, null, TestEmulator.Token);
        using var jobToken = await OfficialHttp.SendAsync(emulator.Http, HttpMethod.Get, poll, job.Token, null, TestEmulator.Token);
        using var none = await OfficialHttp.SendAsync(emulator.Http, HttpMethod.Get, poll, null, null, TestEmulator.Token);

        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        Assert.Contains("RunnerSessionInvalid", await foreign.Content.ReadAsStringAsync(TestEmulator.Token), StringComparison.Ordinal);
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized], [jobToken.StatusCode, none.StatusCode]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cancelled_job_is_told_to_its_runner()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (runner, job) = await emulator.RunningJobAsync();
        var poll = runner.PollAsync(TestEmulator.Token, "Busy");

        emulator.Server.CancelJob(new Runner.Jobs.JobId(Guid.Parse(job.JobId)));

        var message = await poll;
        Assert.Equal("JobCancellation", message!["messageType"]!.ToString());
        var body = JsonNode.Parse(message["body"]!.ToString())!;
        Assert.Equal($"{job.JobId} 00:05:00", $"{body["jobId"]} {body["timeout"]}");
    }
}
