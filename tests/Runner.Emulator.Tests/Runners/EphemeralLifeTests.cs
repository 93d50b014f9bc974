using System.Net;
using Microsoft.Extensions.Time.Testing;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Emulator.Tests.Clients;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Emulator.Tests.Runners;

/// <summary>The registration of an ephemeral runner is spent by the job that it is sent, whether it comes to run it or not.</summary>
public sealed class EphemeralLifeTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_assignment_spends_the_runner_and_its_session_goes_on_in_silence(bool isCancelled)
    {
        var time = new WaitableTime();
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        var runner = await emulator.OnlineRunnerAsync("lost");
        var queued = emulator.Server.QueueJob(new RawJob());
        var request = await runner.NextRequestAsync(TestEmulator.Token);
        if (isCancelled)
        {
            emulator.Server.CancelJob(queued.Id);
        }
        else
        {
            time.Advance(TimeSpan.FromMinutes(1));
        }

        using var refused = await runner.AcquireAsync(request, TestEmulator.Token);
        emulator.Server.QueueJob(new RawJob { Name = "next" });
        var poll = runner.GetMessageAsync("Online", TestEmulator.Token);
        await time.Waits(TimeSpan.FromSeconds(50)); // held
        time.Advance(TimeSpan.FromSeconds(50));
        using var silence = await poll;

        Assert.Equal(isCancelled ? HttpStatusCode.NotFound : HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, silence.StatusCode);
        Assert.Equal(0, await CountAsync(emulator, "lost"));
        Assert.NotNull(emulator.NewRunner("lost")); // its name is free
    }

    [Fact(Timeout = 60_000)]
    public async Task After_its_job_its_session_is_answered_emptily_at_once_and_then_not_known()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        var (runner, job) = await emulator.RunningJobAsync();
        using var completed = await job.CompleteAsync(TestEmulator.Token);

        using var first = await runner.GetMessageAsync("Online", TestEmulator.Token);
        using var second = await runner.GetMessageAsync("Online", TestEmulator.Token);
        time.Advance(TimeSpan.FromSeconds(10));
        using var third = await runner.GetMessageAsync("Online", TestEmulator.Token);

        Assert.Equal([200, 200, 401], [.. new[] { first, second, third }.Select(answer => (int)answer.StatusCode)]);
        Assert.Empty(await first.Content.ReadAsStringAsync(TestEmulator.Token));
        Assert.Equal(0, await CountAsync(emulator, "runner"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_that_nobody_acquires_is_cancelled_in_the_end()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time, MaxOffers = 3 });
        var queued = emulator.Server.QueueJob(new RawJob());

        for (var round = 0; round < 3; round++)
        {
            await (await emulator.OnlineRunnerAsync($"runner-{round}")).NextRequestAsync(TestEmulator.Token);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        var job = await emulator.Server.WaitForJobAsync(queued.Id, TestEmulator.Token);
        Assert.Equal(Conclusion.Canceled, job.Conclusion);
        Assert.Contains("even after multiple attempts", Assert.Single(job.Annotations).Message, StringComparison.Ordinal);
        Assert.Null(job.Runner);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_registration_may_be_unknown_to_the_token_endpoint_at_first()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time, RegistrationLag = TimeSpan.FromSeconds(3) });
        var runner = emulator.NewRunner();

        using var early = await runner.RequestTokenAsync(null, TestEmulator.Token);
        time.Advance(TimeSpan.FromSeconds(3));
        using var later = await runner.RequestTokenAsync(null, TestEmulator.Token);

        Assert.Equal((400, 200), ((int)early.StatusCode, (int)later.StatusCode));
        Assert.Contains($"Registration {runner.ClientId} was not found.", await early.Content.ReadAsStringAsync(TestEmulator.Token), StringComparison.Ordinal);
    }

    private static async Task<int> CountAsync(TestEmulator emulator, string name)
    {
        using var answer = await emulator.GetAsync($"orgs/emulator/actions/runners?name={name}");
        return (int)(await OfficialRunner.ReadAsync(answer, TestEmulator.Token))["total_count"]!;
    }
}
