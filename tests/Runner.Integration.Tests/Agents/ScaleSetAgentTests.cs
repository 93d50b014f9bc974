using Runner.Agent.Configuration;
using Runner.Emulator.Events;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Agents;

/// <summary>Pools in the mode <c>scaleset</c>: agents and real workers on this machine, against the local GitHub's real wire.</summary>
public sealed class ScaleSetAgentTests
{
    private const int Limit = 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Jobs_that_ask_for_the_pool_or_for_its_labels_are_green(bool acquire)
    {
        await using var test = await StartAsync(2, new EmulatorOptions { ShareRunnerKey = true, ScaleSetsAcquire = acquire });

        var run = test.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = """
                on: push
                jobs:
                  name: {runs-on: test, steps: [{run: echo one}]}
                  labels: {runs-on: [self-hosted, linux, x64], steps: [{run: echo two}]}
                  bad: {runs-on: [self-hosted, Linux], steps: [{run: exit 3}]}
                  next: {needs: labels, runs-on: test, steps: [{run: echo three}]}
                """,
        });
        var ended = await test.WaitForRunAsync(run.Id, Token);

        Assert.Equal(
            ["bad Failed", "labels Succeeded", "name Succeeded", "next Succeeded"],
            ended.Jobs.Select(job => $"{job.Name} {job.Conclusion}").Order(StringComparer.Ordinal));
        Assert.All(ended.Jobs, job => Assert.StartsWith("test-agent-1-", job.Runner, StringComparison.Ordinal));
    }

    [Fact(Timeout = 2 * Limit)]
    public async Task Fifty_jobs_at_once_all_run_once_and_never_more_than_the_pool_has_places()
    {
        const int Jobs = 50;
        await using var test = await StartAsync(5);

        var run = test.Emulator.QueueWorkflow(Matrix(test, Jobs));
        var ended = await test.WaitForRunAsync(run.Id, Token);

        Assert.All(ended.Jobs, job => Assert.Equal((job.Name, Conclusion.Succeeded), (job.Name, job.Conclusion)));
        Assert.Equal(Enumerable.Range(0, Jobs), Ran(test));
        var (most, registrations) = await CountAsync(test, Jobs);
        Assert.InRange(most, 2, 5);
        Assert.InRange(registrations, Jobs, Jobs + 5); // made last, so that hardly one is in vain
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_that_stops_leaves_neither_session_nor_registration_and_the_next_goes_on()
    {
        await using var test = await StartAsync(2);
        await IsReadyAsync(test);

        await test.StopAgentAsync();
        var between = test.Emulator.QueueWorkflow(Matrix(test, 3));
        using var http = new HttpClientFixture(test.Emulator.Url);
        var left = await http.RunnerCountAsync(Token);
        await test.StartAgentAsync(Token, ScaleSet(2));
        var ended = await test.WaitForRunAsync(between.Id, Token);

        Assert.Equal(0, left);
        Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
        Assert.DoesNotContain(test.Logs, line => line.Contains("1134", StringComparison.Ordinal)); // nobody had to wait for the session
    }

    [Fact(Timeout = Limit)]
    public async Task Second_agent_waits_and_takes_over_when_the_first_stops()
    {
        await using var test = await StartAsync(2);
        await IsReadyAsync(test);
        var first = test.Agent!; // it runs
        await test.StartAgentAsync(Token, options =>
        {
            ScaleSet(2)(options);
            options.Agent.Installation = "agent-1"; // the first one's
            options.Agent.Instance = "agent-2";
        });
        await LoggedAsync(test, "1134");

        var before = await test.WaitForRunAsync(test.Emulator.QueueWorkflow(Matrix(test, 2)).Id, Token);
        await first.StopAsync(Token);
        var after = await test.WaitForRunAsync(test.Emulator.QueueWorkflow(Matrix(test, 2)).Id, Token);
        await first.DisposeAsync();

        Assert.Equal((Conclusion.Succeeded, Conclusion.Succeeded), (before.Conclusion, after.Conclusion));
        Assert.All(before.Jobs, job => Assert.StartsWith("test-agent-1-", job.Runner, StringComparison.Ordinal));
        Assert.All(after.Jobs, job => Assert.StartsWith("test-agent-2-", job.Runner, StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Labels_that_changed_are_set_anew_and_the_difference_is_told()
    {
        await using var test = await StartAsync(1);
        await IsReadyAsync(test);
        await test.StopAgentAsync();

        await test.StartAgentAsync(Token, options =>
        {
            ScaleSet(1)(options);
            options.Pools[0].Labels = ["linux", "big"];
        });
        var ended = await test.WaitForRunAsync(test.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = "{on: push, jobs: {one: {runs-on: [big, self-hosted], steps: [{run: echo}]}}}",
        }).Id, Token);

        Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
        Assert.Contains(test.Logs, line => line.Contains("1131", StringComparison.Ordinal) && line.Contains("missing big", StringComparison.Ordinal));
        Assert.DoesNotContain(test.Logs, line => line.Contains("1132", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Server_that_drops_labels_is_told_of()
    {
        await using var test = await StartAsync(1, new EmulatorOptions { ShareRunnerKey = true, ScaleSetLabels = false });

        await LoggedAsync(test, "1132");

        Assert.Contains(test.Logs, line => line.Contains("missing linux, self-hosted", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Set_that_somebody_deleted_is_made_again()
    {
        await using var test = await StartAsync(1);
        await IsReadyAsync(test);
        using var sets = new ScaleSetLook(test.Emulator.Url);

        await sets.DeleteAllAsync(Token);
        await LoggedAsync(test, "1130", times: 2);
        var ended = await test.WaitForRunAsync(test.Emulator.QueueWorkflow(Matrix(test, 2)).Id, Token);

        Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Jobs_that_are_canceled_while_they_wait_hold_up_no_others()
    {
        await using var test = await StartAsync(1);
        var go = Path.Combine(test.Folder, "go");
        var first = test.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = $"{{on: push, jobs: {{one: {{runs-on: test, steps: [{{shell: sh, run: 'while [ ! -e {go} ]; do sleep 0.05; done'}}]}}}}}}",
        });
        await test.Emulator.WaitForJobAsync(first.Jobs[0].Id, job => job.Status == JobStatus.InProgress, Token);
        var second = test.Emulator.QueueWorkflow(Matrix(test, 3));

        Assert.True(test.Emulator.CancelRun(second.Id));
        var third = test.Emulator.QueueWorkflow(Matrix(test, 1));
        await File.WriteAllTextAsync(go, string.Empty, Token);

        Assert.Equal(Conclusion.Succeeded, (await test.WaitForRunAsync(first.Id, Token)).Conclusion);
        Assert.Equal(Conclusion.Canceled, (await test.WaitForRunAsync(second.Id, Token)).Conclusion);
        Assert.Equal(Conclusion.Succeeded, (await test.WaitForRunAsync(third.Id, Token)).Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_tells_of_its_set_to_probes_and_to_Prometheus()
    {
        await using var test = await StartAsync(3);
        await IsReadyAsync(test);
        await test.WaitForRunAsync(test.Emulator.QueueWorkflow(Matrix(test, 1)).Id, Token);
        using var http = new HttpClientFixture(test.Agent!.Monitoring!); // it runs, and metrics are on

        await ShownAsync("runner_scaleset_jobs{pool=\"test\",state=\"assigned\"} 0");
        await ShownAsync("runner_scaleset_capacity_jobs{pool=\"test\"} 3");
        await ShownAsync("runner_job_wait_seconds_count{pool=\"test\"} 1");
        var metrics = await http.GetAsync("metrics", Token);

        Assert.Contains("runner_scaleset_session{pool=\"test\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("runner_jobs_total{pool=\"test\",conclusion=\"succeeded\",reason=\"none\"} 1", metrics, StringComparison.Ordinal);

        Task ShownAsync(string line) => Until.TrueAsync(async () => (await http.GetAsync("metrics", Token)).Contains(line, StringComparison.Ordinal), Token);
    }

    [Fact(Timeout = Limit)]
    public async Task Pool_without_its_set_is_not_ready_and_says_why()
    {
        await using var test = await StartAsync(1);
        await IsReadyAsync(test);
        await test.StopAgentAsync();
        test.Emulator.AddFault(new Runner.Emulator.Faults.Fault { Prefix = "/broker/_apis/runtime", Status = 503 });

        await test.StartAgentAsync(Token, ScaleSet(1));
        using var http = new HttpClientFixture(test.Agent!.Monitoring!); // it runs, and metrics are on
        var first = await http.GetAsync("readyz", Token);

        Assert.Contains("pool test: ", first, StringComparison.Ordinal); // from the first moment on
        await Until.TrueAsync(async () => (await http.GetAsync("readyz", Token)).Contains("pool test: no session with GitHub: ", StringComparison.Ordinal), Token);
        Assert.Contains("503", await http.GetAsync("readyz", Token), StringComparison.Ordinal);
    }

    private static Action<AgentOptions> ScaleSet(int maxJobs) =>
        options => options.Pools = [new PoolOptions { Name = "test", Labels = ["self-hosted", "linux"], Mode = PoolMode.ScaleSet, MaxJobs = maxJobs }];

    private static Task<AgentOnHost> StartAsync(int maxJobs, EmulatorOptions? emulator = null)
    {
        var worker = TestWorker.Real();
        return AgentOnHost.StartAsync(_ => worker, Token, ScaleSet(maxJobs), emulator);
    }

    private static WorkflowRequest Matrix(AgentOnHost test, int jobs) => new()
    {
        Workflow = $$$"""
            on: push
            jobs:
              one:
                strategy: {fail-fast: false, matrix: {n: [{{{string.Join(',', Enumerable.Range(0, jobs))}}}]}}
                name: ${{ matrix.n }}
                runs-on: [self-hosted, linux]
                steps: [{shell: sh, run: "echo ${{ matrix.n }} >>{{{test.Folder}}}/ran"}]
            """,
    };

    private static IEnumerable<int> Ran(AgentOnHost test) =>
        File.ReadAllLines(Path.Combine(test.Folder, "ran")).Select(line => int.Parse(line, System.Globalization.CultureInfo.InvariantCulture)).Order();

    /// <summary>The most jobs that ran at one time, and how many runners were registered.</summary>
    private static async Task<(int Most, int Registrations)> CountAsync(AgentOnHost test, int jobs)
    {
        var (now, most, ended, registrations) = (0, 0, 0, 0);
        await foreach (var happened in test.Emulator.ReadEventsAsync(0, Token))
        {
            registrations += happened.Type == EmulatorEventType.RunnerAdded ? 1 : 0;
            now += happened.Type switch
            {
                EmulatorEventType.JobStarted => 1,
                EmulatorEventType.JobCompleted => -1,
                _ => 0,
            };
            most = Math.Max(most, now);
            ended += happened.Type == EmulatorEventType.JobCompleted ? 1 : 0;
            if (ended == jobs)
            {
                break;
            }
        }

        return (most, registrations);
    }

    private static Task IsReadyAsync(AgentOnHost test) => Until.TrueAsync(
        async () =>
        {
            using var http = new HttpClientFixture(test.Agent!.Monitoring!); // it runs, and metrics are on
            return await http.GetAsync("readyz", Token) == "ok\n";
        },
        Token);

    private static Task LoggedAsync(AgentOnHost test, string id, int times = 1) =>
        Until.TrueAsync(() => test.Logs.Count(line => line.Contains($" {id}: ", StringComparison.Ordinal)) >= times, Token);
}
