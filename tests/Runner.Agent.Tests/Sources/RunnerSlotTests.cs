using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Sources;
using Runner.Agent.Supervision;
using Runner.Agent.Tests.Supervision;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Protocol;
using Runner.Protocol.Broker;
using Runner.Testing;

namespace Runner.Agent.Tests.Sources;

public sealed class RunnerSlotTests : IDisposable
{
    private const int Limit = 30_000;
    private static readonly InfrastructureException Outage = new("down") { StatusCode = 503 };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ScriptedBackend _backend = new();
    private readonly AgentMetrics _metrics = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly RegistrationGate _gate = new();
    private readonly RunnerPool _pool = new(new PoolOptions { Name = "test", Labels = ["linux"], MaxJobs = 1 }, "agent", platforms: []);
    private readonly ScriptedGitHub _github;
    private readonly Task _running;

    public RunnerSlotTests()
    {
        _github = new ScriptedGitHub(_time);
        _running = Start();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _gate.Dispose();
        _pool.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task Every_job_gets_a_fresh_registration()
    {
        for (var number = 1; number <= 2; number++)
        {
            var session = await _github.NextSessionAsync();
            session.Offer(Some.Job());
            _backend.Place(0).Start();
            _backend.Place(0).End(Conclusion.Succeeded);
        }

        await _github.NextSessionAsync();
        await StopAsync();

        Assert.Equal(3, _github.Registrations);
        Assert.Equal(2, _backend.Launches);
    }

    [Fact(Timeout = Limit)]
    public async Task Slot_that_stops_closes_its_session_and_removes_its_registration()
    {
        var session = await _github.NextSessionAsync();

        await StopAsync();

        Assert.True(session.IsClosed);
        Assert.Empty(_github.Registered);
    }

    [Fact(Timeout = Limit)]
    public async Task Session_that_expired_is_opened_anew_with_the_same_registration()
    {
        var session = await _github.NextSessionAsync();
        session.Fail(new ProtocolException(ProtocolErrorKind.SessionInvalid, "expired"));
        session.Offer(Some.Job());
        _backend.Place(0).End(Conclusion.Succeeded);
        await _github.NextSessionAsync();
        await StopAsync();

        Assert.Equal(1, session.Reopened);
        Assert.Equal(2, _github.Registrations);
    }

    [Theory(Timeout = Limit)]
    [InlineData(ProtocolErrorKind.RunnerNotFound)]
    [InlineData(ProtocolErrorKind.InvalidClient)]
    public async Task Runner_that_was_deleted_is_replaced_at_once(ProtocolErrorKind refusal)
    {
        (await _github.NextSessionAsync()).Fail(new ProtocolException(refusal, "deleted"));

        await _github.NextSessionAsync(); // the clock stands still
        await StopAsync();

        Assert.Equal(2, _github.Registrations);
    }

    [Fact(Timeout = Limit)]
    public async Task Broker_that_fails_is_asked_again_and_given_up_after_ten_times()
    {
        var session = await _github.NextSessionAsync();
        for (var failure = 0; failure < SlotPipelines.PollTries; failure++)
        {
            session.Fail(Outage);
        }

        await AdvanceUntilAsync(() => _github.HasSession);
        await StopAsync();

        Assert.True(session.IsClosed);
        Assert.Equal(2, _github.Registrations);
    }

    [Fact(Timeout = Limit)]
    public async Task Refused_registration_is_tried_again_as_long_as_it_takes()
    {
        var session = await _github.NextSessionAsync();
        for (var i = 0; i < 30; i++)
        {
            _github.Refuse(new OperatorException("no right"));
        }

        session.Fail(new ProtocolException(ProtocolErrorKind.RunnerNotFound, "deleted"));
        await AdvanceUntilAsync(() => _github.HasSession);
        await StopAsync();

        Assert.Equal(2, _github.Registrations);
    }

    [Fact(Timeout = Limit)]
    public async Task Offer_that_is_gone_does_not_use_the_runner_up()
    {
        var session = await _github.NextSessionAsync();
        session.Offer(new ProtocolException(ProtocolErrorKind.JobTaken, "taken"));
        session.Offer(Some.Job());
        _backend.Place(0).End(Conclusion.Succeeded);
        await _github.NextSessionAsync();
        await StopAsync();

        Assert.Equal(1, _backend.Launches);
        Assert.Equal(2, _github.Registrations);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_cannot_be_read_is_failed_with_the_reason_and_the_slot_goes_on()
    {
        var service = new ScriptedJobService(new JobId(Guid.NewGuid()), _time);
        (await _github.NextSessionAsync()).Offer(new UnreadableJobException("bad value at $.steps", service));

        var told = await service.Completed;
        await _github.NextSessionAsync();
        await StopAsync();

        Assert.Equal((Conclusion.Failed, "invalid_job"), (told.Conclusion, told.Reason));
        Assert.Contains("$.steps", told.Message, StringComparison.Ordinal);
        Assert.Equal(0, _backend.Launches);
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_of_this_job_reaches_it_and_that_of_another_does_not()
    {
        var session = await _github.NextSessionAsync();
        var job = Some.Job();
        session.Offer(job);
        session.Say(new JobCanceled(2, new JobCancellation { JobId = Guid.NewGuid(), Timeout = TimeSpan.FromMinutes(9) }));
        session.Say(new JobCanceled(3, new JobCancellation { JobId = job.JobId.Value, Timeout = TimeSpan.FromMinutes(5) }));

        var grace = await _backend.Place(0).Cancelled;
        _backend.Place(0).End(Conclusion.Canceled);
        await _github.NextSessionAsync();
        await StopAsync();

        Assert.Equal(TimeSpan.FromSeconds(285), grace);
        Assert.Contains(RunnerStatus.Busy, session.Polls);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_runs_when_the_slot_stops_is_waited_for()
    {
        var session = await _github.NextSessionAsync();
        session.Offer(Some.Job());
        await AdvanceUntilAsync(() => session.Polls.Contains(RunnerStatus.Busy));

        await _stop.CancelAsync();
        var ran = !_running.IsCompleted;
        _backend.Place(0).End(Conclusion.Succeeded);
        await _running;

        Assert.True(ran);
        Assert.True(session.IsClosed);
    }

    [Fact(Timeout = Limit)]
    public async Task Registrations_of_an_earlier_run_are_removed_but_for_those_with_a_job()
    {
        await _github.NextSessionAsync();
        await _github.RegisterAsync(_pool.Registration, CancellationToken.None); // the second one has an even number: it has a job
        await _github.RegisterAsync(_pool.Registration, CancellationToken.None);

        await new StaleRunners(_github, NullLogger<StaleRunners>.Instance).RemoveAsync(_pool, TestContext.Current.CancellationToken);

        Assert.Equal([2], _github.Registered.Keys);
        await StopAsync();
    }

    private Task Start()
    {
        var options = new SupervisionOptions();
        var supervisor = new JobSupervisor(_backend, new NoServices(), options, _metrics, _time, NullLogger<JobSupervisor>.Instance);
        var slot = new RunnerSlot(
            _github,
            _github,
            supervisor,
            new SlotPipelines(options, _time, NullLogger<RunnerSlot>.Instance),
            _gate,
            _metrics,
            new AgentOptions(),
            _time,
            NullLogger<RunnerSlot>.Instance);
        return slot.RunAsync(_pool, new LoopHealth("slot", "test", _time), _stop.Token);
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
    }
}
