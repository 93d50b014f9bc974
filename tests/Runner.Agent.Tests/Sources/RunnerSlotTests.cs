using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Tests.Reruns;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Journal;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Agent.Sources;
using Runner.Agent.Supervision;
using Runner.Agent.Tests.Supervision;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;
using Runner.Testing;

namespace Runner.Agent.Tests.Sources;

public sealed class RunnerSlotTests : IDisposable
{
    private const int Limit = 30_000;
    private static readonly InfrastructureException Outage = new("down") { StatusCode = 503 };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ScriptedBackend _backend = new();
    private readonly AgentMetrics _metrics = new();
    private readonly ScriptedJobs _jobs = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly RegistrationGate _gate = new(TimeProvider.System);
    private readonly LaunchBreakers _breakers;
    private readonly TempFolder _folder = new();
    private readonly JobJournal _journal;
    private readonly RunnerPool _pool = new(new PoolOptions { Name = "test", Labels = ["linux"], MaxJobs = 1 }, "agent", platforms: []);
    private readonly ScriptedGitHub _github;
    private readonly Task _running;

    public RunnerSlotTests()
    {
        _github = new ScriptedGitHub(_time);
        File.WriteAllText(_folder["token"], "secret");
        _journal = new JobJournal(_folder["state"], new JournalSeal(_folder["token"]), NullLogger<JobJournal>.Instance);
        _breakers = new LaunchBreakers(_metrics, _time, NullLogger<LaunchBreaker>.Instance);
        _running = Start();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _gate.Dispose();
        _pool.Dispose();
        _breakers.Dispose();
        _folder.Dispose();
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

    [Theory(Timeout = Limit)]
    [InlineData(50, false)]
    [InlineData(70, true)]
    public async Task Next_runner_is_registered_while_the_job_runs_and_again_where_that_took_long(int minutes, bool isReplaced)
    {
        (await _github.NextSessionAsync()).Offer(Some.Job());
        await AdvanceUntilAsync(() => _github.Registrations == 2, TimeSpan.FromSeconds(1));

        _time.Advance(TimeSpan.FromMinutes(minutes));
        _backend.Place(0).End(Conclusion.Succeeded);
        var next = await _github.NextSessionAsync();

        Assert.EndsWith(isReplaced ? "3" : "2", next.RunnerName, StringComparison.Ordinal);
        Assert.EndsWith("2", Assert.Single(_github.Prepared), StringComparison.Ordinal); // its token is there before it is wanted
        Assert.Equal(isReplaced ? [1, 3] : [1, 2], _github.Registered.Keys.Order()); // the first one is GitHub's to forget
        await StopAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Runner_that_was_registered_ahead_is_removed_where_the_slot_stops()
    {
        (await _github.NextSessionAsync()).Offer(Some.Job());
        await AdvanceUntilAsync(() => _github.Registrations == 2, TimeSpan.FromSeconds(1));

        await _stop.CancelAsync();
        _backend.Place(0).End(Conclusion.Succeeded);
        await _running;

        Assert.Equal([1], _github.Registered.Keys);
    }

    [Fact(Timeout = Limit)]
    public async Task Session_that_was_prepared_and_is_refused_is_opened_anew()
    {
        (await _github.NextSessionAsync()).Offer(Some.Job());
        await AdvanceUntilAsync(() => !_github.Prepared.IsEmpty, TimeSpan.FromSeconds(1));
        _github.RefuseSession(new ProtocolException(ProtocolErrorKind.RunnerNotFound, "not yet"));

        _backend.Place(0).End(Conclusion.Succeeded);
        await AdvanceUntilAsync(() => _github.HasSession, TimeSpan.FromSeconds(1));

        Assert.EndsWith("2", (await _github.NextSessionAsync()).RunnerName, StringComparison.Ordinal);
        await StopAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Runner_whose_session_cannot_be_prepared_is_used_all_the_same()
    {
        _github.CannotPrepare = true;
        (await _github.NextSessionAsync()).Offer(Some.Job());
        await AdvanceUntilAsync(() => !_github.Prepared.IsEmpty, TimeSpan.FromSeconds(1));

        _backend.Place(0).End(Conclusion.Succeeded);

        Assert.EndsWith("2", (await _github.NextSessionAsync()).RunnerName, StringComparison.Ordinal);
        Assert.Equal(2, _github.Registrations); // none is left behind
        await StopAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Registration_that_cannot_be_made_ahead_is_made_when_it_is_needed()
    {
        var session = await _github.NextSessionAsync();
        _github.Refuse(new InfrastructureException("down"));
        session.Offer(Some.Job());
        _backend.Place(0).End(Conclusion.Succeeded);

        Assert.EndsWith("2", (await _github.NextSessionAsync()).RunnerName, StringComparison.Ordinal); // the clock stands still
        await StopAsync();
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

    [Theory(Timeout = Limit)]
    [InlineData(ProtocolErrorKind.JobTaken)]
    [InlineData(ProtocolErrorKind.JobNotFound)]
    [InlineData(ProtocolErrorKind.JobNotProcessable)]
    [InlineData(ProtocolErrorKind.Unauthorized)]
    [InlineData(ProtocolErrorKind.BadReply)]
    public async Task Lost_offer_uses_the_runner_up_and_the_next_one_takes_its_place(ProtocolErrorKind refusal)
    {
        var session = await _github.NextSessionAsync();
        _github.Forget(session.RunnerName);
        session.Offer(new ProtocolException(refusal, "lost"));
        (await _github.NextSessionAsync()).Offer(Some.Job()); // the clock stands still
        _backend.Place(0).End(Conclusion.Succeeded);
        await _github.NextSessionAsync();
        await StopAsync();

        Assert.True(session.IsClosed);
        Assert.Equal(1, _backend.Launches);
        Assert.Equal(3, _github.Registrations);
    }

    [Fact(Timeout = Limit)]
    public async Task Offers_that_are_all_lost_do_not_make_a_loop_of_registrations()
    {
        for (var i = 0; i < 4; i++)
        {
            await AdvanceUntilAsync(() => _github.HasSession);
            (await _github.NextSessionAsync()).Offer(new ProtocolException(ProtocolErrorKind.JobTaken, "lost"));
        }

        var start = _time.GetUtcNow();
        await AdvanceUntilAsync(() => _github.HasSession, TimeSpan.FromSeconds(0.5));
        await StopAsync();

        Assert.True(_time.GetUtcNow() - start >= TimeSpan.FromSeconds(3));
    }

    [Fact(Timeout = Limit)]
    public async Task Offer_whose_answer_got_lost_on_the_way_is_taken_when_it_comes_again()
    {
        var session = await _github.NextSessionAsync();
        session.Offer(Outage);
        session.Offer(Some.Job());
        _backend.Place(0).End(Conclusion.Succeeded);
        await _github.NextSessionAsync();
        await StopAsync();

        Assert.Equal(1, _backend.Launches);
        Assert.Equal(2, _github.Registrations);
    }

    [Fact(Timeout = Limit)]
    public async Task Session_that_answers_at_once_with_nothing_is_given_up_after_few_polls()
    {
        var session = await _github.NextSessionAsync();
        session.IsHollow = true;
        session.SayNothing();

        await AdvanceUntilAsync(() => _github.HasSession, TimeSpan.FromSeconds(0.3));
        await StopAsync();

        Assert.True(session.IsClosed);
        Assert.InRange(session.Polls.Count, 2, PollPace.UsedUp + 2);
    }

    [Fact(Timeout = Limit)]
    public async Task Session_that_expires_whenever_it_is_opened_is_given_up_after_few_polls()
    {
        var session = await _github.NextSessionAsync();
        for (var i = 0; i < 100; i++)
        {
            session.Fail(new ProtocolException(ProtocolErrorKind.SessionInvalid, "expired"));
        }

        await AdvanceUntilAsync(() => _github.HasSession, TimeSpan.FromSeconds(0.3));
        await StopAsync();

        Assert.InRange(session.Polls.Count, 2, PollPace.UsedUp + 2);
    }

    [Fact(Timeout = Limit)]
    public async Task Session_of_a_job_that_GitHub_counts_as_over_is_polled_at_a_pace_until_the_job_ends()
    {
        var session = await _github.NextSessionAsync();
        session.Offer(Some.Job());
        await AdvanceUntilAsync(() => session.Polls.Contains(RunnerStatus.Busy));
        session.IsHollow = true;
        session.SayNothing();

        await AdvanceUntilAsync(() => session.Polls.Count > 4, TimeSpan.FromSeconds(0.3));
        var before = session.Polls.Count;
        for (var second = 0; second < 120; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var polls = session.Polls.Count - before;
        _backend.Place(0).End(Conclusion.Succeeded);
        await _github.NextSessionAsync();
        await StopAsync();

        Assert.InRange(polls, 0, 20);
    }

    [Theory(Timeout = Limit)]
    [InlineData(ProtocolErrorKind.InvalidClient)]
    [InlineData(ProtocolErrorKind.RunnerNotFound)]
    [InlineData(ProtocolErrorKind.Unauthorized)]
    public async Task Registration_that_GitHub_does_not_know_yet_is_not_thrown_away(ProtocolErrorKind refusal)
    {
        var first = await _github.NextSessionAsync();
        _github.RefuseSession(new ProtocolException(refusal, "Registration x was not found."), times: 4);
        first.Fail(new ProtocolException(ProtocolErrorKind.RunnerNotFound, "deleted"));

        await AdvanceUntilAsync(() => _github.HasSession, TimeSpan.FromSeconds(1));
        await StopAsync();

        Assert.Equal(2, _github.Registrations);
    }

    [Fact(Timeout = Limit)]
    public async Task Registration_that_GitHub_never_knows_is_replaced_when_it_is_a_minute_old()
    {
        var first = await _github.NextSessionAsync();
        _github.RefuseSession(new ProtocolException(ProtocolErrorKind.InvalidClient, "Registration x was not found."), times: 12);
        first.Fail(new ProtocolException(ProtocolErrorKind.RunnerNotFound, "deleted"));

        await AdvanceUntilAsync(() => _github.HasSession, TimeSpan.FromSeconds(1));
        await StopAsync();

        Assert.True(_github.Registrations >= 3);
    }

    [Fact(Timeout = Limit)]
    public async Task Runner_that_waits_and_that_GitHub_has_forgotten_is_replaced()
    {
        var session = await _github.NextSessionAsync();
        session.SayNothing();
        _github.Forget(session.RunnerName);

        await AdvanceUntilAsync(() =>
        {
            session.SayNothing();
            return _github.HasSession;
        });
        await StopAsync();

        Assert.True(session.IsClosed);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_is_on_its_way_while_its_runner_is_looked_up_is_taken()
    {
        var session = await _github.NextSessionAsync();
        _time.Advance(TimeSpan.FromHours(1));
        _github.Forget(session.RunnerName); // as it is assigned
        session.SayNothing(); // the look that follows sees no runner
        session.Offer(Some.Job());

        _backend.Place(0).End(Conclusion.Succeeded);
        await _github.NextSessionAsync();
        await StopAsync();

        Assert.Equal(1, _backend.Launches);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_is_assigned_while_the_slot_leaves_is_taken()
    {
        var session = await _github.NextSessionAsync();
        await AdvanceUntilAsync(() => !session.Polls.IsEmpty);
        _github.Removing = () =>
        {
            _github.Removing = null;
            _github.Forget(session.RunnerName);
            session.Offer(Some.Job());
        };

        await _stop.CancelAsync();
        _backend.Place(0).End(Conclusion.Succeeded);
        await _running;

        Assert.Equal(1, _backend.Launches);
        Assert.True(session.IsClosed);
    }

    [Fact(Timeout = Limit)]
    public async Task Poll_is_given_up_only_after_the_registration_is_removed()
    {
        var session = await _github.NextSessionAsync();
        await AdvanceUntilAsync(() => !session.Polls.IsEmpty);
        var wasPolling = false;
        _github.Removing = () => wasPolling = session.IsPolling;

        await StopAsync();

        Assert.True(wasPolling);
        Assert.Empty(_github.Registered);
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

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_of_a_runner_whose_job_is_over_is_closed_only_where_it_does_not_go_by_itself(bool goesWithItsJob)
    {
        var first = await _github.NextSessionAsync();
        first.EndsWithItsJob = goesWithItsJob;
        first.Offer(Some.Job());
        _backend.Place(0).Start();
        _backend.Place(0).End(Conclusion.Succeeded);

        var second = await _github.NextSessionAsync();
        second.EndsWithItsJob = goesWithItsJob;
        await StopAsync();

        Assert.True(first.IsDisposed);
        Assert.Equal(!goesWithItsJob, first.IsClosed);
        Assert.True(second.IsClosed); // it had no job
    }

    [Fact(Timeout = Limit)]
    public async Task Pool_whose_jobs_cannot_be_started_takes_none_until_one_can_be()
    {
        var breaker = _breakers.For("test");
        var session = await _github.NextSessionAsync();
        await AdvanceUntilAsync(() => !session.Polls.IsEmpty);
        for (var i = 0; i < LaunchBreaker.Threshold; i++)
        {
            breaker.Fail("no room");
        }

        await AdvanceUntilAsync(() => session.IsClosed, TimeSpan.FromSeconds(1));
        var whileOpen = _github.Registered.Count;
        var opened = _time.GetUtcNow();
        await AdvanceUntilAsync(() => _github.HasSession, TimeSpan.FromSeconds(1)); // the one that finds out
        var pause = _time.GetUtcNow() - opened;
        (await _github.NextSessionAsync()).Offer(Some.Job());
        _backend.Place(0).End(Conclusion.Succeeded);
        await _github.NextSessionAsync();
        await StopAsync();

        Assert.Equal(0, whileOpen);
        Assert.True(pause >= TimeSpan.FromSeconds(20));
        Assert.Null(breaker.Obstacle);
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
        var supervisor = new JobSupervisor(_backend, new NoServices(), _breakers, Ledgers.Unused(_metrics, _time), options, _metrics, _time, NullLogger<JobSupervisor>.Instance);
        var pipelines = new SlotPipelines(options, _time, NullLogger<RunnerSlot>.Instance);
        var settings = new AgentOptions { Pools = [new PoolOptions { Name = "test", Labels = ["linux"], MaxJobs = 1 }] };
        var taking = new JobTaking(supervisor, _journal, new JobSizing(_jobs, _time, NullLogger<JobSizing>.Instance), _metrics, settings, _time, NullLogger<RunnerSlot>.Instance);
        var own = new OwnRunners();
        var turn = new RunnerTurn(_github, taking, pipelines, _breakers, own, settings, _time, NullLogger<RunnerSlot>.Instance);
        var slot = new RunnerSlot(turn, _github, pipelines, _breakers, own, _metrics, _time, NullLogger<RunnerSlot>.Instance);
        return slot.RunAsync(_pool, new StandingOrders(_pool, _github, _gate), new LoopHealth("slot", "test", _time), _stop.Token);
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await AdvanceUntilAsync(() => _running.IsCompleted, TimeSpan.FromSeconds(1));
        await _running;
    }

    private async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan? step = null)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            _time.Advance(step ?? TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken); // the slot's turn
        }
    }
}
