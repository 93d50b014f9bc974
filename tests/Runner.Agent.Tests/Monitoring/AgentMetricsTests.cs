using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Backends;
using Runner.GitHub.Limits;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Tests.Monitoring;

public sealed class AgentMetricsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private readonly AgentMetrics _metrics = new();

    [Theory]
    [InlineData("runner_jobs_taken_total{pool=\"a\"} 0")]
    [InlineData("runner_jobs_adopted_total{pool=\"a\"} 0")]
    [InlineData("runner_jobs_total{pool=\"a\",conclusion=\"succeeded\",reason=\"none\"} 0")]
    [InlineData("runner_jobs_total{pool=\"a\",conclusion=\"failed\",reason=\"none\"} 0")]
    [InlineData("runner_jobs_total{pool=\"a\",conclusion=\"failed\",reason=\"image_pull\"} 0")]
    [InlineData("runner_jobs_total{pool=\"a\",conclusion=\"failed\",reason=\"internal\"} 0")]
    [InlineData("runner_jobs_total{pool=\"a\",conclusion=\"canceled\",reason=\"canceled\"} 0")]
    [InlineData("runner_jobs_total{pool=\"a\",conclusion=\"abandoned\",reason=\"lock_lost\"} 0")]
    [InlineData("runner_reruns_owed_total{pool=\"a\",cause=\"node_lost\"} 0")]
    [InlineData("runner_registrations_total{pool=\"a\",result=\"refused\"} 0")]
    [InlineData("runner_waiting_runners{pool=\"a\"} 0")]
    [InlineData("runner_github_calls_total{status=\"5xx\"} 0")]
    [InlineData("runner_github_limited_total{limit=\"secondary\"} 0")]
    [InlineData("runner_messages_ignored_total{kind=\"unknown\"} 0")]
    public async Task What_is_counted_stands_at_0_before_the_first_job(string line)
    {
        _metrics.PoolOpened("a", 10);

        Assert.Contains(line, await ReadAsync());
    }

    [Fact]
    public async Task A_job_is_counted_with_its_time_from_its_message_to_its_end()
    {
        _metrics.Ended("a", Conclusion.Succeeded, "none", new LaunchTimes { MessageSeen = Noon }, Noon.AddSeconds(42));

        var lines = await ReadAsync();
        Assert.Contains("runner_job_seconds_sum{pool=\"a\",conclusion=\"succeeded\"} 42", lines);
        Assert.Contains("runner_job_seconds_bucket{pool=\"a\",conclusion=\"succeeded\",le=\"30\"} 0", lines);
        Assert.Contains("runner_job_seconds_bucket{pool=\"a\",conclusion=\"succeeded\",le=\"60\"} 1", lines);
    }

    [Fact]
    public async Task Ten_thousand_jobs_make_no_more_series_than_one()
    {
        _metrics.PoolOpened("a", 10);
        RunJob();
        var series = (await ReadAsync()).Length;

        for (var job = 0; job < 10_000; job++)
        {
            RunJob();
        }

        Assert.Equal(series, (await ReadAsync()).Length);

        void RunJob()
        {
            using (_metrics.Queued("a"))
            {
                _metrics.Ended("a", Conclusion.Succeeded, "none", new LaunchTimes { MessageSeen = Noon, FirstStep = Noon }, Noon);
            }
        }
    }

    [Fact]
    public async Task End_of_the_credentials_is_told_once_GitHub_says_it()
    {
        var call = new GitHubCall(200, "core", Limit: null, Remaining: null, Reset: null, RetryAfter: null);
        _metrics.GitHub.Called(call);
        Assert.DoesNotContain(await ReadAsync(), line => line.StartsWith("runner_github_credentials_expiry_timestamp_seconds ", StringComparison.Ordinal));

        _metrics.GitHub.Called(call with { CredentialsExpire = Noon });

        Assert.Contains($"runner_github_credentials_expiry_timestamp_seconds {Noon.ToUnixTimeSeconds()}", await ReadAsync());

        _metrics.GitHub.Called(call with { Status = 502 });
        Assert.Contains(await ReadAsync(), line => line.StartsWith("runner_github_credentials_expiry_timestamp_seconds ", StringComparison.Ordinal));

        _metrics.GitHub.Called(call); // one without an end is in its place
        Assert.DoesNotContain(await ReadAsync(), line => line.StartsWith("runner_github_credentials_expiry_timestamp_seconds ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Figures_of_a_scale_set_are_there_while_its_session_is_here()
    {
        _metrics.PoolOpened("set", 10);
        _metrics.SetSession("set", 10, isHeld: false);
        var before = await ReadAsync();
        Assert.Contains("runner_scaleset_session{pool=\"set\"} 0", before);
        Assert.Contains("runner_capacity_jobs{pool=\"set\"} 0", before);

        _metrics.SetSession("set", 10, isHeld: true);
        _metrics.Sets.SetCapacity("set", 7);
        _metrics.Sets.SetJobs("set", available: 3, assigned: 2, running: 1);
        var held = await ReadAsync();
        Assert.Contains("runner_capacity_jobs{pool=\"set\"} 10", held);
        Assert.Contains("runner_scaleset_jobs{pool=\"set\",state=\"available\"} 3", held);

        _metrics.SetSession("set", 10, isHeld: false);
        var after = await ReadAsync();
        Assert.Contains("runner_capacity_jobs{pool=\"set\"} 0", after);
        Assert.DoesNotContain(after, line => line.StartsWith("runner_scaleset_jobs{", StringComparison.Ordinal) || line.StartsWith("runner_scaleset_capacity_jobs{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Version_readiness_loops_and_process_are_read_when_asked_for()
    {
        var health = new AgentHealth(new SupervisionOptions(), TimeProvider.System);
        var pulse = new LoopPulse("watch on pods", TimeSpan.FromMinutes(1), TimeProvider.System);
        health.Watch(new LoopBackend(pulse));
        ProcessMetrics.AddTo(_metrics.Registry, health);

        var before = await ReadAsync();
        Assert.Contains("runner_ready 1", before);
        Assert.Contains("runner_loop_failures_total{loop=\"watch on pods\"} 0", before);
        Assert.Contains(before, line => line.StartsWith("runner_build_info{version=\"", StringComparison.Ordinal));
        Assert.Contains(before, line => line.StartsWith("process_working_set_bytes ", StringComparison.Ordinal));

        pulse.Fail("cut off");
        pulse.Fail("cut off");

        var after = await ReadAsync();
        Assert.Contains("runner_ready 0", after);
        Assert.Contains("runner_loop_failures_total{loop=\"watch on pods\"} 2", after);
    }

    private async Task<string[]> ReadAsync()
    {
        using var stream = new MemoryStream();
        await _metrics.Registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray()).Split('\n');
    }

    private sealed class LoopBackend(LoopPulse pulse) : IJobBackend
    {
        public string Name => "test";

        public IReadOnlyList<LoopPulse> Loops => [pulse];

        public Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
