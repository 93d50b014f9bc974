using System.Net;
using Microsoft.Extensions.Time.Testing;
using Runner.Emulator.Faults;
using Runner.Emulator.Options;

namespace Runner.Emulator.Tests.Faults;

public sealed class FaultTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_fault_hits_its_service_for_a_number_of_requests()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();
        using var on = await emulator.PostAsync(
            "emulator/faults", """{"prefix":"/run-service/","status":429,"retryAfterSeconds":3,"requests":1}""", token: null);

        using var upload = await job.ReceiverAsync("GetJobLogsSignedBlobURL", null, string.Empty, TestEmulator.Token);
        using var hit = await job.RenewAsync(TestEmulator.Token);
        using var after = await job.RenewAsync(TestEmulator.Token);

        Assert.Equal([201, 200, 429, 200], [.. new[] { on, upload, hit, after }.Select(answer => (int)answer.StatusCode)]);
        Assert.Equal(TimeSpan.FromSeconds(3), hit.Headers.RetryAfter?.Delta);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_fault_of_everything_can_be_turned_off()
    {
        await using var emulator = await TestEmulator.StartAsync();
        emulator.Server.AddFault(new Fault { Prefix = "/", Status = 500 });

        using var hit = await emulator.GetAsync("emulator/runs", token: null);
        using var off = await emulator.DeleteAsync("emulator/faults", token: null);
        using var after = await emulator.GetAsync("emulator/runs", token: null);

        Assert.Equal([500, 204, 200], [.. new[] { hit, off, after }.Select(answer => (int)answer.StatusCode)]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_fault_closes_connections_for_a_time()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        var (_, job) = await emulator.RunningJobAsync();
        emulator.Server.AddFault(new Fault { Prefix = "/run-service/", Seconds = 30 });

        await Assert.ThrowsAsync<HttpRequestException>(() => job.RenewAsync(TestEmulator.Token));
        time.Advance(TimeSpan.FromSeconds(30));
        using var after = await job.RenewAsync(TestEmulator.Token);

        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_can_be_lost_after_the_request_was_carried_out()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();
        emulator.Server.AddFault(new Fault { Prefix = "/run-service/", Requests = 1, AfterHandling = true });

        await Assert.ThrowsAsync<HttpRequestException>(() => job.CompleteAsync(TestEmulator.Token));

        using var again = await job.CompleteAsync(TestEmulator.Token);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_slow_network_delays_answers_and_changes_nothing_else()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        emulator.Server.AddFault(new Fault { Prefix = "/", Suffix = "/runs", DelayMilliseconds = 50, Passes = true, Requests = 1 });

        var slow = emulator.GetAsync("emulator/runs", token: null);
        while (!slow.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        using var answer = await slow;
        using var other = await emulator.GetAsync("emulator/runs", token: null);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [answer.StatusCode, other.StatusCode]);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_can_stop_in_the_middle()
    {
        await using var emulator = await TestEmulator.StartAsync();
        emulator.Server.AddFault(new Fault { Prefix = "/emulator/runs", StallsAfter = 1, Requests = 1 });
        using var answer = await emulator.Http.GetAsync(new Uri(emulator.Server.Url, "emulator/runs"), HttpCompletionOption.ResponseHeadersRead, TestEmulator.Token);
        await using var body = await answer.Content.ReadAsStreamAsync(TestEmulator.Token);
        var buffer = new byte[100];

        var first = await body.ReadAsync(buffer, TestEmulator.Token);
        var more = body.ReadAsync(buffer, TestEmulator.Token).AsTask();
        using var next = await emulator.GetAsync("emulator/runs", token: null);

        Assert.Equal((1, false), (first, more.IsCompleted));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }
}
