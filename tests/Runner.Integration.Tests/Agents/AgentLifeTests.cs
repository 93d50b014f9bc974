using Runner.Emulator.Runs;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Agents;

/// <summary>Start, stop and restart of an agent, and what it tells probes and Prometheus.</summary>
public sealed class AgentLifeTests
{
    private const int Limit = 60_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Job_of_an_agent_that_stops_is_finished_by_the_next()
    {
        // The worker runs until the test lets it go.
        await using var test = await AgentOnHost.StartAsync(
            folder => TestWorker.Script(folder, $"while [ ! -e {folder}/go ]; do sleep 0.05; done; touch {folder}/done; kill -9 $$"),
            Token,
            options => options.Agent.DrainTimeout = TimeSpan.Zero);
        var queued = test.Emulator.QueueJob(new RawJob());
        await test.Emulator.WaitForJobAsync(queued.Id, job => job.Status == JobStatus.InProgress, Token);
        await UntilAsync(() => Directory.Exists(test.JobsFolder) && Directory.GetDirectories(test.JobsFolder, "job-*").Length == 1);

        await test.StopAgentAsync();
        var jobs = Directory.GetDirectories(test.JobsFolder, "job-*");
        await test.StartAgentAsync(Token);
        await File.WriteAllTextAsync(Path.Combine(test.JobsFolder, "..", "go"), string.Empty, Token);

        Assert.Single(jobs);
        await UntilAsync(() => Directory.GetDirectories(test.JobsFolder, "job-*").Length == 0);
        Assert.True(File.Exists(Path.Combine(test.JobsFolder, "..", "done")));
        Assert.Contains(test.Logs, line => line.Contains("1207", StringComparison.Ordinal)); // adopted
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_that_stops_leaves_no_registration_behind()
    {
        await using var test = await AgentOnHost.StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"), Token);
        await UntilAsync(() => IsReadyAsync(test));

        await test.StopAgentAsync();

        using var http = new HttpClientFixture(test.Emulator.Url);
        Assert.Equal(0, await http.RunnerCountAsync(Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_tells_its_health_and_its_metrics()
    {
        await using var test = await AgentOnHost.StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"), Token);
        await UntilAsync(() => IsReadyAsync(test));
        var queued = test.Emulator.QueueJob(new RawJob());
        await test.Emulator.WaitForJobAsync(queued.Id, Token);
        using var http = new HttpClientFixture(test.Agent!.Monitoring!); // it runs, and metrics are on

        await UntilAsync(async () => (await http.GetAsync("metrics", Token)).Contains("reason=\"worker_died\"} 1", StringComparison.Ordinal));
        var metrics = await http.GetAsync("metrics", Token);

        Assert.Equal("ok\n", await http.GetAsync("healthz", Token));
        Assert.Contains("runner_jobs_total{pool=\"test\",conclusion=\"failed\",reason=\"worker_died\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("runner_jobs_taken_total{pool=\"test\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("runner_jobs_adopted_total{pool=\"test\"} 0", metrics, StringComparison.Ordinal);
        Assert.Matches("runner_registrations_total{pool=\"test\",result=\"made\"} [2-9]", metrics);
        Assert.Contains("runner_ready 1", metrics, StringComparison.Ordinal);
        Assert.Contains("runner_capacity_jobs{pool=\"test\"} 2", metrics, StringComparison.Ordinal);
        Assert.Contains("runner_jobs_running{pool=\"test\"} 0", metrics, StringComparison.Ordinal);
        Assert.Contains("runner_job_phase_seconds_count{pool=\"test\",phase=\"created\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_ran_is_told_in_one_line_with_its_times()
    {
        await using var test = await AgentOnHost.StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"), Token);
        var queued = test.Emulator.QueueJob(new RawJob());

        var job = await test.Emulator.WaitForJobAsync(queued.Id, Token);
        await test.StopAgentAsync();

        Assert.Equal(Conclusion.Failed, job.Conclusion);
        Assert.Single(test.Logs, line => line.Contains("seen=20", StringComparison.Ordinal) && line.Contains("created=20", StringComparison.Ordinal));
    }

    private static async Task<bool> IsReadyAsync(AgentOnHost test)
    {
        using var http = new HttpClientFixture(test.Agent!.Monitoring!); // it runs, and metrics are on
        return await http.GetAsync("readyz", Token) == "ok\n";
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    // The state is another process's, or behind HTTP: there is nothing to be woken by.
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }
}
