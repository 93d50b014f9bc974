using System.Text.Json;
using Runner.Emulator.Faults;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Agents;

/// <summary>An agent over the emulator with workers that fail in every way a worker can: the job always ends, with a reason its author can read.</summary>
public sealed class DyingWorkerTests
{
    private const int Limit = 60_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Worker_that_is_killed_fails_its_job_with_the_reason_in_log_and_annotation()
    {
        await using var test = await AgentOnHost.StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"), Token);

        var job = await RunAsync(test);

        Assert.Equal(Conclusion.Failed, job.Conclusion);
        var annotation = Assert.Single(job.Annotations);
        Assert.Contains("SIGKILL", annotation.Message, StringComparison.Ordinal);
        var log = await test.Emulator.ReadLogAsync(job.Id, Token);
        Assert.Contains($"##[error]{annotation.Message}", log, StringComparison.Ordinal);
        var step = Assert.Single(job.Steps);
        Assert.Equal(log, await test.Emulator.ReadStepLogAsync(job.Id, step.Id, Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Outcome_that_the_worker_could_not_report_is_reported_for_it()
    {
        await using var test = await AgentOnHost.StartAsync(
            folder => TestWorker.Script(folder, """outcome_of failed unreported "step 3 failed" >"$outcome"; exit 69"""), Token);

        var job = await RunAsync(test);

        Assert.Equal(Conclusion.Failed, job.Conclusion);
        Assert.Contains("step 3 failed", Assert.Single(job.Annotations).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Message_that_cannot_be_read_fails_the_job_and_the_agent_lives_on()
    {
        await using var test = await AgentOnHost.StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"), Token);

        var bad = await RunAsync(test, """{"steps": 5}""");
        var next = await RunAsync(test);

        Assert.Equal(Conclusion.Failed, bad.Conclusion);
        Assert.Contains("$.steps", Assert.Single(bad.Annotations).Message, StringComparison.Ordinal);
        Assert.Equal(Conclusion.Failed, next.Conclusion);
        Assert.Contains("SIGKILL", Assert.Single(next.Annotations).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Answer_that_is_no_JSON_at_all_does_not_hurt_the_agent()
    {
        await using var test = await AgentOnHost.StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"), Token);
        test.Emulator.QueueJob(new RawJob { Message = JsonSerializer.SerializeToElement("<html>oops</html>") });

        var next = await RunAsync(test);

        Assert.Contains("SIGKILL", Assert.Single(next.Annotations).Message, StringComparison.Ordinal);
        await Until.TrueAsync(() => test.Logs.Any(line => line.Contains("Warning 1211", StringComparison.Ordinal)), Token); // it was asked for again before
    }

    [Fact(Timeout = Limit)]
    public async Task Cancelled_job_is_cancelled_though_its_worker_does_not_listen()
    {
        await using var test = await AgentOnHost.StartAsync(folder => TestWorker.Script(folder, "sleep 600"), Token);
        var queued = test.Emulator.QueueJob(new RawJob());
        await test.Emulator.WaitForJobAsync(queued.Id, job => job.Status == JobStatus.InProgress, Token);

        test.Emulator.CancelJob(queued.Id);
        var job = await test.Emulator.WaitForJobAsync(queued.Id, Token);

        Assert.Equal(Conclusion.Canceled, job.Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Results_service_that_fails_for_a_while_does_not_lose_the_reason()
    {
        await using var test = await AgentOnHost.StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"), Token);
        test.Emulator.AddFault(new Fault { Prefix = "/twirp/", Status = 500, Requests = 3 });

        var job = await RunAsync(test);

        Assert.Contains("SIGKILL", await test.Emulator.ReadLogAsync(job.Id, Token), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Broker_that_fails_for_a_while_costs_only_time()
    {
        await using var test = await AgentOnHost.StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"), Token);
        test.Emulator.AddFault(new Fault { Prefix = "/", Status = 503, Seconds = 1 });

        var job = await RunAsync(test);

        Assert.Equal(Conclusion.Failed, job.Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task No_secret_of_a_job_is_in_the_agents_log()
    {
        await using var test = await AgentOnHost.StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"), Token);

        await RunAsync(test, """{"variables": {"TOKEN": {"value": "s3cr3t-of-the-job", "isSecret": true}}}""");
        await test.StopAgentAsync();

        Assert.NotEmpty(test.Logs);
        Assert.DoesNotContain(test.Logs, line => line.Contains("s3cr3t-of-the-job", StringComparison.Ordinal));
        Assert.DoesNotContain(test.Logs, line => line.Contains("eyJ", StringComparison.Ordinal)); // how every JWT begins
    }

    private static async Task<JobInfo> RunAsync(AgentOnHost test, string? message = null)
    {
        using var document = message is null ? null : JsonDocument.Parse(message);
        var queued = test.Emulator.QueueJob(new RawJob { Message = document?.RootElement.Clone() });
        return await test.Emulator.WaitForJobAsync(queued.Id, Token);
    }
}
