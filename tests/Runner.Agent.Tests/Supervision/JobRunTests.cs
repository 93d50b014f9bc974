using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Board;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Agent.Network;
using Runner.Agent.Services;
using Runner.Agent.Supervision;
using Runner.Agent.Tests.Reruns;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Http;
using Runner.Testing;

namespace Runner.Agent.Tests.Supervision;

public sealed class JobRunTests : IDisposable
{
    private const int Limit = 30_000;
    private static readonly InfrastructureException Outage = new("down") { StatusCode = 503 };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ScriptedBackend _backend = new();
    private readonly AgentMetrics _metrics = new();
    private readonly JobBoard _board;
    private readonly JobLaunch _launch = Launches.Of(Some.Job());
    private readonly LaunchBreakers _breakers;
    private readonly ScriptedJobService _service;

    public JobRunTests()
    {
        _board = new JobBoard(new GitHubBoard(_time), new Uri("https://github.test"), _time);
        _breakers = new LaunchBreakers(_metrics, _time, NullLogger<LaunchBreaker>.Instance);
        _service = new ScriptedJobService(_launch.JobId, _time);
    }

    public void Dispose() => _breakers.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Job_that_its_worker_reported_is_left_alone_and_its_place_removed()
    {
        var run = Start();
        _backend.Place(0).Start();
        _backend.Place(0).End(Conclusion.Succeeded);

        var verdict = await run.Ended;

        Assert.Equal(Conclusion.Succeeded, verdict.Conclusion);
        Assert.False(_service.Completed.IsCompleted);
        Assert.True(_backend.Place(0).IsDisposed);
    }

    [Fact(Timeout = Limit)]
    public async Task Lock_is_renewed_until_the_worker_runs_and_not_after()
    {
        var run = Start();
        await AdvanceUntilAsync(() => _service.Renewals >= 3);

        _backend.Place(0).Start();
        await AdvanceUntilAsync(IsRunningAsync);
        var atStart = _service.Renewals;
        _time.Advance(TimeSpan.FromMinutes(10));
        _backend.Place(0).End(Conclusion.Succeeded);
        await run.Ended;

        Assert.Equal(atStart, _service.Renewals);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_whose_worker_runs_at_once_is_renewed_by_that_alone()
    {
        var run = Start();
        _backend.Place(0).Start();
        await AdvanceUntilAsync(IsRunningAsync, TimeSpan.FromMilliseconds(1));
        _time.Advance(TimeSpan.FromMinutes(10));
        _backend.Place(0).End(Conclusion.Succeeded);
        await run.Ended;

        Assert.Equal(0, _service.Renewals);
    }

    [Fact(Timeout = Limit)]
    public async Task Fault_of_the_agent_itself_ends_the_job_at_GitHub_and_its_renewals()
    {
        _backend.Refuse(new InvalidOperationException("a bug"));

        var verdict = await Start().Ended;
        var renewals = _service.Renewals;
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(VerdictReasons.Internal, verdict.Reason);
        Assert.True(_service.Completed.IsCompletedSuccessfully);
        Assert.Equal(renewals, _service.Renewals);
    }

    [Fact(Timeout = Limit)]
    public async Task Place_lost_before_the_worker_started_is_replaced_unseen()
    {
        using var kept = KeptJob.Of(_launch, hasStarted: false);
        var run = Start(kept);
        _backend.Place(0).End(new JobEnd { Failure = FailureReason.Evicted });
        _backend.Place(1).Start();
        _backend.Place(1).End(Conclusion.Succeeded);

        var verdict = await run.Ended;

        Assert.Equal(Conclusion.Succeeded, verdict.Conclusion);
        Assert.Equal(2, _backend.Launches);
        Assert.True(_backend.Place(0).IsDisposed);
        Assert.False(_service.Completed.IsCompleted);
        Assert.Equal([1], kept.Lost); // between the two places nothing else says of the job
        Assert.True(kept.IsRemoved);
    }

    [Fact(Timeout = Limit)]
    public async Task Adopted_job_that_loses_its_place_is_written_down_until_it_has_the_next()
    {
        var journal = new KeptJobs();
        var place = await _backend.LaunchAsync(_launch, CancellationToken.None);
        var run = new JobRun(_launch, _service, place, kept: null, Context() with { Journal = journal }, _ => { });
        _backend.Place(0).End(new JobEnd { Failure = FailureReason.Evicted });
        _backend.Place(1).Start();
        _backend.Place(1).End(Conclusion.Succeeded);

        await run.Ended;

        using var kept = Assert.Single(journal.Kept);
        Assert.Equal((_launch.JobId.Value, 1, false), (kept.Record.JobId, kept.Record.Attempt, kept.Record.HasStarted));
        Assert.True(kept.IsRemoved);
    }

    [Fact(Timeout = Limit)]
    public async Task Worker_that_dies_has_its_job_explained_and_then_failed()
    {
        var run = Start();
        _backend.Place(0).Start();
        _backend.Place(0).End(new JobEnd { Failure = FailureReason.OutOfMemory, Message = "memory 8 Gi", WorkerStarted = true });

        await run.Ended;

        Assert.Equal("memory 8 Gi", Assert.Single(_service.Explained).Message);
        Assert.Equal(Conclusion.Failed, (await _service.Completed).Conclusion);
        Assert.Contains("reason=\"out_of_memory\"", await MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Outage_while_a_job_is_reported_costs_only_time()
    {
        _service.Fail(nameof(IJobService.ExplainAsync), Outage, times: 2);
        _service.Fail(nameof(IJobService.CompleteAsync), Outage, times: 5);
        var run = Start();
        _backend.Place(0).Start();
        _backend.Place(0).End(new JobEnd { Failure = FailureReason.WorkerDied, WorkerStarted = true });

        await AdvanceUntilAsync(() => run.Ended.IsCompleted);

        Assert.Single(_service.Explained);
        Assert.Equal(Conclusion.Failed, (await _service.Completed).Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Log_that_cannot_be_written_does_not_keep_the_job_from_ending()
    {
        _service.Fail(nameof(IJobService.ExplainAsync), Outage, times: 100);
        var run = Start();
        _backend.Place(0).End(new JobEnd { Failure = FailureReason.ImagePull, Message = "no such image" });

        await AdvanceUntilAsync(() => run.Ended.IsCompleted);

        Assert.Equal("no such image", (await _service.Completed).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_reaches_the_worker_with_the_time_that_GitHub_gives_it()
    {
        var run = Start();
        _backend.Place(0).Start();

        run.Cancel(TimeSpan.FromMinutes(5));
        var grace = await _backend.Place(0).Cancelled;
        _backend.Place(0).End(Conclusion.Canceled);

        Assert.Equal(TimeSpan.FromSeconds(285), grace);
        Assert.Equal((Conclusion.Canceled, "canceled"), await run.Ended is var verdict ? (verdict.Conclusion, verdict.Reason) : default);
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_before_the_worker_runs_ends_the_job_as_cancelled()
    {
        var run = Start();
        run.Cancel(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(45), await _backend.Place(0).Cancelled); // at least a minute, less what the report takes
        _backend.Place(0).End(new JobEnd { Failure = FailureReason.Deleted });

        await run.Ended;

        Assert.Equal(Conclusion.Canceled, (await _service.Completed).Conclusion);
        Assert.Equal(1, _backend.Launches);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_whose_lock_is_lost_is_stopped_and_not_reported()
    {
        _service.Fail(nameof(IJobService.RenewAsync), new ProtocolException(ProtocolErrorKind.JobNotFound, "gone"));
        var run = Start();
        await AdvanceUntilAsync(() => _backend.Place(0).Cancelled.IsCompleted);
        _backend.Place(0).End(new JobEnd { Failure = FailureReason.Deleted });

        var verdict = await run.Ended;

        Assert.Equal((Conclusion.Abandoned, "lock_lost"), (verdict.Conclusion, verdict.Reason));
        Assert.False(_service.Completed.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task Worker_that_told_GitHub_of_its_end_before_it_was_seen_to_start_is_not_stopped()
    {
        _service.Fail(nameof(IJobService.RenewAsync), new ProtocolException(ProtocolErrorKind.JobNotFound, "gone"));
        var run = Start();
        await AdvanceUntilAsync(() => _service.Renewals > 0, TimeSpan.FromMilliseconds(100));

        _backend.Place(0).Start();
        _backend.Place(0).End(Conclusion.Succeeded);

        Assert.Equal(Conclusion.Succeeded, (await run.Ended).Conclusion);
        Assert.False(_backend.Place(0).Cancelled.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_GitHub_counts_as_over_is_stopped_only_where_it_goes_on_for_minutes()
    {
        var run = Start();
        _backend.Place(0).Start();
        await AdvanceUntilAsync(IsRunningAsync);

        run.EndedAtGitHub();
        var begun = _time.GetUtcNow();
        await AdvanceUntilAsync(() => _backend.Place(0).Cancelled.IsCompleted);
        var waited = _time.GetUtcNow() - begun;
        _backend.Place(0).End(new JobEnd { Failure = FailureReason.Deleted });
        var verdict = await run.Ended;

        Assert.InRange(waited, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5.5));
        Assert.Equal((Conclusion.Abandoned, "lock_lost"), (verdict.Conclusion, verdict.Reason));
        Assert.False(_service.Completed.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_GitHub_counts_as_over_too_early_ends_as_its_worker_says()
    {
        var run = Start();
        _backend.Place(0).Start();
        run.EndedAtGitHub();
        _backend.Place(0).End(Conclusion.Succeeded);

        Assert.Equal(Conclusion.Succeeded, (await run.Ended).Conclusion);
        Assert.False(_backend.Place(0).Cancelled.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_gets_no_token_for_servers_of_our_own_is_not_sent_to_them()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["key"], new byte[32], TestContext.Current.CancellationToken);
        var context = Context() with { Grants = new ServiceGrants(new ServicesOptions { CacheUrl = "http://cache/", KeyFile = folder["key"] }, _time) };
        var launch = _launch with { Services = new ServiceAddresses(Results: null, new Uri("http://cache/")) }; // its message has no token at all

        var run = new JobRun(launch, _service, adopted: null, kept: null, context, _ => { });
        _backend.Place(0).End(Conclusion.Succeeded);
        await run.Ended;

        Assert.Null(_backend.Place(0).Launch.Services);
        Assert.Null(_backend.Place(0).Launch.ServicesToken);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_cannot_be_placed_fails_with_what_its_author_can_mend()
    {
        _backend.Refuse(new WorkflowException("runs-on: 'linux' contradicts 'windows'"));

        var verdict = await Start().Ended;

        Assert.Equal("unplaceable", verdict.Reason);
        Assert.Equal((false, "runs-on: 'linux' contradicts 'windows'"), await _service.Completed is var told ? (told.IsInfrastructure, told.Message) : default);
    }

    [Fact(Timeout = Limit)]
    public async Task Backend_at_a_loss_is_asked_again_and_given_up_in_the_end()
    {
        for (var i = 0; i < 1000; i++)
        {
            _backend.Refuse(Outage);
        }

        var start = _time.GetUtcNow();
        var run = Start();
        await AdvanceUntilAsync(() => run.Ended.IsCompleted);

        Assert.True(_time.GetUtcNow() - start >= TimeSpan.FromMinutes(2)); // the backend's patience
        Assert.InRange(_backend.Launches, 2, 60);
        Assert.Equal(_launch.JobId, Assert.Single(_backend.Forgotten).JobId);
        Assert.Equal((true, "backend_unavailable"), await _service.Completed is var told ? (told.IsInfrastructure, told.Reason) : default);
    }

    [Fact(Timeout = Limit)]
    public async Task Launch_that_met_the_end_of_the_agents_memory_is_made_again()
    {
        _backend.Refuse(new InsufficientMemoryException());

        var run = Start();
        await AdvanceUntilAsync(() => _backend.Launches == 2, TimeSpan.FromMilliseconds(100));
        _backend.Place(0).End(Conclusion.Succeeded);

        Assert.Equal(Conclusion.Succeeded, (await run.Ended).Conclusion);
        Assert.False(_service.Completed.IsCompleted); // the worker told it
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_whose_memory_stays_short_says_so_of_the_job()
    {
        for (var i = 0; i < 1000; i++)
        {
            _backend.Refuse(new InsufficientMemoryException());
        }

        var run = Start();
        await AdvanceUntilAsync(() => run.Ended.IsCompleted);

        var told = await _service.Completed;
        Assert.Equal((true, "backend_unavailable"), (told.IsInfrastructure, told.Reason));
        Assert.EndsWith(
            "which is not the workflow's fault: the agent ran out of memory as it made the job's place; its limit may be too low for so many jobs",
            told.Message,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Backend_without_room_is_waited_for_and_the_job_says_how_long()
    {
        for (var i = 0; i < 4; i++)
        {
            _backend.Refuse(new InfrastructureException("exceeded quota: q") { StatusCode = 403, IsLackOfRoom = true });
        }

        var run = Start();
        await AdvanceUntilAsync(() => _backend.Launches == 2, TimeSpan.FromMilliseconds(100));
        Assert.Equal("exceeded quota: q", _breakers.For("test").Crowd); // no more are taken meanwhile
        await AdvanceUntilAsync(() => _backend.Launches == 5, TimeSpan.FromMilliseconds(100));
        _backend.Place(0).End(Conclusion.Succeeded);
        await run.Ended;

        Assert.Matches("^Warning: the job waited .* for its place: exceeded quota: q$", Assert.Single(_backend.Place(0).Launch.Runner.Placement));
        Assert.Null(_breakers.For("test").Crowd);
    }

    [Fact(Timeout = Limit)]
    public async Task Trouble_after_a_long_wait_for_room_has_patience_of_its_own_and_the_pool_goes_on_meanwhile()
    {
        for (var i = 0; i < 200; i++)
        {
            _backend.Refuse(new InfrastructureException("exceeded quota: q") { StatusCode = 403, IsLackOfRoom = true });
        }

        _backend.Refuse(Outage);
        var run = Start();
        await AdvanceUntilAsync(() => _backend.Launches == 200, TimeSpan.FromSeconds(1)); // far beyond the backend's patience
        var crowd = _breakers.For("test").Crowd;
        await AdvanceUntilAsync(() => _backend.Launches == 202, TimeSpan.FromMilliseconds(100));
        _backend.Place(0).End(Conclusion.Succeeded);

        Assert.Equal(Conclusion.Succeeded, (await run.Ended).Conclusion);
        Assert.Null(crowd); // it may be larger than the others
    }

    [Fact(Timeout = Limit)]
    public async Task Want_of_room_is_no_failure_however_long_it_lasts()
    {
        for (var i = 0; i < 1000; i++)
        {
            _backend.Refuse(new InfrastructureException("exceeded quota: q") { StatusCode = 403, IsLackOfRoom = true });
        }

        var start = _time.GetUtcNow();
        var run = Start();
        await AdvanceUntilAsync(() => _backend.Launches == 200, TimeSpan.FromSeconds(1)); // far beyond the backend's patience
        var (took, obstacle) = (_time.GetUtcNow() - start, _breakers.For("test").Obstacle);
        run.Cancel(TimeSpan.FromSeconds(5));
        await AdvanceUntilAsync(() => run.Ended.IsCompleted);

        Assert.InRange(took, TimeSpan.FromMinutes(5), TimeSpan.FromHours(1));
        Assert.Null(obstacle);
        Assert.Equal(Conclusion.Canceled, (await _service.Completed).Conclusion);
        Assert.Single(_backend.Forgotten);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)] // as a container that cannot be made
    [InlineData(true)] // as a program that cannot run
    public async Task Places_whose_workers_do_not_start_stop_the_pool_until_one_runs(bool isSeenToStart)
    {
        var failure = new JobEnd { Failure = FailureReason.ContainerStart, Message = "no space left", IsPlaceAtFault = true };
        var breaker = _breakers.For("test");
        for (var jobs = 0; breaker.Obstacle is null && jobs < 10; jobs++)
        {
            await RunToEndAsync(failure, isSeenToStart);
        }

        var (obstacle, metrics) = (breaker.Obstacle, await MetricsAsync());
        var run = Start();
        var place = _backend.Place(0);
        place.Start();
        await AdvanceUntilAsync(() => breaker.Obstacle is null);
        place.End(Conclusion.Succeeded);
        await run.Ended;

        Assert.Equal("no space left", obstacle);
        Assert.Contains("runner_pool_stopped{pool=\"test\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("runner_pool_stopped{pool=\"test\"} 0", await MetricsAsync(), StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData(FailureReason.ImagePull, false)]
    [InlineData(FailureReason.Rejected, false)]
    [InlineData(FailureReason.WorkerDied, true)]
    public async Task Jobs_that_fail_by_what_they_ask_for_or_do_stop_no_pool(FailureReason failure, bool hasStarted)
    {
        for (var jobs = 0; jobs < 10; jobs++)
        {
            await RunToEndAsync(new JobEnd { Failure = failure, WorkerStarted = hasStarted, IsPlaceAtFault = hasStarted }, isSeenToStart: hasStarted);
        }

        Assert.Null(_breakers.For("test").Obstacle);
    }

    [Fact(Timeout = Limit)]
    public async Task Refusal_that_cannot_pass_is_final_at_once()
    {
        _backend.Refuse(new OperatorException("no right to make pods"));

        var verdict = await Start().Ended;

        Assert.Equal((Conclusion.Failed, "backend_unavailable"), (verdict.Conclusion, verdict.Reason));
        Assert.Equal(1, _backend.Launches);
    }

    [Fact(Timeout = Limit)]
    public async Task Released_job_runs_on_and_is_not_counted()
    {
        var run = Start();
        _backend.Place(0).Start();

        run.Release();
        await run.Ended;

        Assert.True(_backend.Place(0).IsReleased);
        Assert.False(_backend.Place(0).IsDisposed);
        Assert.DoesNotContain("runner_jobs_total{", await MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_another_agent_adopted_is_left_to_it()
    {
        var run = Start();
        _backend.Place(0).Start();

        _backend.Place(0).Lose();
        var verdict = await run.Ended;

        Assert.Equal(VerdictReasons.Released, verdict.Reason);
        Assert.False(_backend.Place(0).IsDisposed);
        Assert.False(_service.Completed.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task Adopted_job_is_watched_to_its_end_even_where_GitHub_cannot_be_told()
    {
        var place = new ScriptedPlace();
        var run = new JobRun(place.Launch, service: null, place, kept: null, Context(), _ => { });
        place.Start();
        place.End(new JobEnd { Failure = FailureReason.WorkerDied, WorkerStarted = true });

        var verdict = await run.Ended;

        Assert.Equal(Conclusion.Failed, verdict.Conclusion);
        Assert.Equal(0, _backend.Launches);
        Assert.True(place.IsDisposed);
    }

    [Fact(Timeout = Limit)]
    public async Task Bug_in_one_job_does_not_end_the_agent()
    {
        _backend.Refuse(new InvalidOperationException("a bug"));

        var verdict = await Start().Ended;

        Assert.Equal((Conclusion.Failed, "internal"), (verdict.Conclusion, verdict.Reason));
    }

    // All its attempts end so.
    private async Task RunToEndAsync(JobEnd end, bool isSeenToStart)
    {
        _backend.Forget();
        for (var attempt = 0; attempt <= new SupervisionOptions().Replacements; attempt++)
        {
            if (isSeenToStart)
            {
                _backend.Place(attempt).Start();
            }

            _backend.Place(attempt).End(end);
        }

        var run = Start();
        await AdvanceUntilAsync(() => run.Ended.IsCompleted);
        _backend.Forget();
    }

    private JobRun Start(KeptJob? kept = null) => new(_launch, _service, adopted: null, kept, Context(), _ => { });

    private JobRunContext Context() => new(_backend, _breakers, Ledgers.Unused(_metrics, _time), new SupervisionOptions(), AgentNetwork.None, _metrics, _time, NullLogger.Instance)
    {
        Board = _board,
    };

    private async Task<bool> IsRunningAsync() => (await MetricsAsync()).Contains("runner_jobs_running{pool=\"test\"} 1", StringComparison.Ordinal);

    private async Task<string> MetricsAsync()
    {
        using var stream = new MemoryStream();
        await _metrics.Registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private Task AdvanceUntilAsync(Func<bool> condition, TimeSpan? step = null) => AdvanceUntilAsync(() => Task.FromResult(condition()), step);

    // In small steps, each with a pause: the clock does not wait for who is about to look at it.
    private async Task AdvanceUntilAsync(Func<Task<bool>> condition, TimeSpan? step = null)
    {
        while (!await condition())
        {
            _time.Advance(step ?? TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
