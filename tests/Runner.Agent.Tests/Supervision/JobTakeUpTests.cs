using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Journal;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Agent.Supervision;
using Runner.Agent.Tests.Reruns;
using Runner.Agent.Tests.Sources;
using Runner.Backends;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Testing;

namespace Runner.Agent.Tests.Supervision;

/// <summary>What becomes of a job that stands in the journal and that this agent finds in no place.</summary>
public sealed class JobTakeUpTests : IDisposable
{
    private const int Limit = 30_000;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ScriptedBackend _backend = new();
    private readonly AgentMetrics _metrics = new();
    private readonly JobLaunch _launch = Launches.Of(Some.Job());
    private readonly LaunchBreakers _breakers;
    private readonly ScriptedJobService _service;

    public JobTakeUpTests()
    {
        _breakers = new LaunchBreakers(_metrics, _time, NullLogger<LaunchBreaker>.Instance);
        _service = new ScriptedJobService(_launch.JobId, _time);
    }

    public void Dispose() => _breakers.Dispose();

    [Fact(Timeout = Limit)]
    public async Task One_that_had_started_and_is_nowhere_has_failed_and_is_told()
    {
        using var entry = Entry(hasStarted: true);

        Assert.Null(await StartAsync(entry));

        Assert.Equal(Conclusion.Failed, (await _service.Completed).Conclusion);
        Assert.True(entry.IsRemoved);
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_another_agent_looks_after_is_neither_failed_nor_started_again(bool hasStarted)
    {
        _backend.IsElsewhere = true;
        using var entry = Entry(hasStarted);

        Assert.Null(await StartAsync(entry));

        Assert.Equal((false, 0), (_service.Completed.IsCompleted, _backend.Launches));
        Assert.Equal((false, true), (entry.IsRemoved, entry.IsDisposed)); // the next look sees whether it is still so
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_is_over_at_GitHub_is_neither_failed_nor_started_again(bool hasStarted)
    {
        _service.Fail(nameof(IJobService.RenewAsync), new ProtocolException(ProtocolErrorKind.JobNotFound, "over"));
        using var entry = Entry(hasStarted);

        Assert.Null(await StartAsync(entry));

        Assert.Equal((false, 0, true), (_service.Completed.IsCompleted, _backend.Launches, entry.IsRemoved));
    }

    [Fact(Timeout = Limit)]
    public async Task One_of_which_GitHub_cannot_be_asked_is_looked_at_again()
    {
        _service.Fail(nameof(IJobService.RenewAsync), new InfrastructureException("down"));
        using var entry = Entry(hasStarted: true);

        Assert.Null(await StartAsync(entry));

        Assert.Equal((false, false, true), (_service.Completed.IsCompleted, entry.IsRemoved, entry.IsDisposed));
    }

    [Fact(Timeout = Limit)]
    public async Task One_that_was_only_taken_is_started()
    {
        using var entry = Entry(hasStarted: false);

        var run = await StartAsync(entry);
        _backend.Place(0).Start();
        _backend.Place(0).End(Conclusion.Succeeded);

        Assert.NotNull(run);
        Assert.Equal(Conclusion.Succeeded, (await run.Ended).Conclusion);
        Assert.Equal(1, _backend.Launches);
    }

    private Task<JobRun?> StartAsync(JournalEntry entry)
    {
        var services = new OneService(_service);
        var options = new AgentOptions();
        var supervisor = new JobSupervisor(
            _backend, services, _breakers, Ledgers.Unused(_metrics, _time), options.Agent, _metrics, _time, NullLogger<JobSupervisor>.Instance);
        var sizing = new JobSizing(new ScriptedJobs(), _time, NullLogger<JobSizing>.Instance);
        return new JobTakeUp(_backend, supervisor, services, new NoSessions(), sizing, options, _time, NullLogger<JobTakeUp>.Instance)
            .StartAsync(entry, pool: null, TestContext.Current.CancellationToken);
    }

    private KeptJob Entry(bool hasStarted) => KeptJob.Of(_launch, hasStarted);

    private sealed class OneService(IJobService service) : IJobServices
    {
        public IJobService For(JobMessage job) => service;
    }

    private sealed class NoSessions : IRunnerSessions
    {
        public Task<IRunnerSession> OpenAsync(RunnerRegistration registration, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IRunnerSession?> PrepareAsync(RunnerRegistration registration, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IRunnerSession Resume(Secret encodedJitConfig) => throw new NotSupportedException();
    }
}
