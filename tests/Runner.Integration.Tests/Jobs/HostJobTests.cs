using System.Net;
using System.Net.Sockets;
using Runner.Emulator.Faults;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Jobs.Outcomes;
using Runner.Testing.Network;

namespace Runner.Integration.Tests.Jobs;

/// <summary>Whole jobs with the real worker: queued in the emulator, taken by an agent, run as processes of this machine.</summary>
public sealed class HostJobTests
{
    private const int Limit = 180_000;
    private const int ManyLines = 200_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Workflow_of_several_jobs_runs_as_it_is_written()
    {
        await using var test = await StartAsync();

        await QuickStartRun.AssertAsync(test.Emulator, Token);
    }

    [Fact(Timeout = Limit)]
    public async Task Every_line_of_a_large_step_is_in_both_logs_in_order()
    {
        await using var test = await StartAsync();

        var job = await RunAsync(test, $"for ((i = 1; i <= {ManyLines}; i += 2)); do echo line $i; echo line $((i + 1)) >&2; done");

        await AssertLinesAsync(test, job, ManyLines);
    }

    [Theory(Timeout = Limit)]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(0)]
    public async Task Results_service_that_fails_for_half_a_minute_costs_only_time(int status)
    {
        await using var test = await StartAsync();
        foreach (var prefix in new[] { "/twirp/", "/blobs/" })
        {
            test.Emulator.AddFault(new Fault { Prefix = prefix, Status = status, RetryAfterSeconds = status == 429 ? 1 : null, Seconds = 30 });
        }

        var job = await RunAsync(test, $"for ((i = 1; i <= {ManyLines}; i++)); do echo line $i; done");

        await AssertLinesAsync(test, job, ManyLines);
    }

    [Fact(Timeout = Limit)]
    public async Task Upload_whose_answer_is_lost_is_not_doubled()
    {
        await using var test = await StartAsync();
        test.Emulator.AddFault(new Fault { Prefix = "/blobs/", Status = 0, AfterHandling = true, Requests = 5 });

        var job = await RunAsync(test, $"for ((i = 1; i <= {ManyLines}; i++)); do echo line $i; done");

        await AssertLinesAsync(test, job, ManyLines);
    }

    [Fact(Timeout = Limit)]
    public async Task Network_cut_in_the_middle_of_a_step_costs_only_time()
    {
        const int lines = 400;
        var port = FreePort();
        await using var proxy = CuttableProxy.Start(IPAddress.Loopback, new IPEndPoint(IPAddress.Loopback, port));
        await using var test = await AgentOnHost.StartAsync(
            _ => TestWorker.Real(),
            Token,
            emulatorOptions: new EmulatorOptions { ShareRunnerKey = true, Port = port, PublicUrl = new Uri($"http://127.0.0.1:{proxy.Port}") });
        var script = $"""
            for ((i = 1; i <= {lines}; i++)); do
              echo line $i
              sleep 0.1
              case $i in 20) touch {test.Folder}/cut ;; {lines - 20}) touch {test.Folder}/restore ;; esac
            done
            """;
        var queued = Queue(test, script);

        await Until.FileExistsAsync(Path.Combine(test.Folder, "cut"), Token);
        proxy.Cut();
        await Until.FileExistsAsync(Path.Combine(test.Folder, "restore"), Token);
        proxy.Restore();
        var job = (await test.WaitForRunAsync(queued.Id, Token)).Jobs[0];

        await AssertLinesAsync(test, job, lines);
    }

    [Fact(Timeout = Limit)]
    public async Task Cancelled_job_stops_its_step_and_runs_what_is_always_to_run()
    {
        await using var test = await StartAsync();
        var run = test.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = $"""
                on: push
                jobs:
                  one:
                    runs-on: self-hosted
                    steps:
                      - run: touch {test.Folder}/runs; exec sleep 600
                        name: long
                      - run: echo never
                        name: next
                      - run: echo cleaned up
                        name: clean
                        if: always()
                """,
        });
        await Until.FileExistsAsync(Path.Combine(test.Folder, "runs"), Token);

        test.Emulator.CancelRun(run.Id);
        var job = (await test.WaitForRunAsync(run.Id, Token)).Jobs[0];

        Assert.Equal(Conclusion.Canceled, job.Conclusion);
        Assert.Equal(Conclusion.Canceled, job.Step("long").Conclusion);
        Assert.Equal(Conclusion.Skipped, job.Step("next").Conclusion);
        Assert.Equal(Conclusion.Succeeded, job.Step("clean").Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_tells_the_moments_it_passed()
    {
        await using var test = await StartAsync();

        var job = await RunAsync(test, "true");

        var log = await test.Emulator.ReadLogAsync(job.Id, Token);
        Assert.All(
            ["Message seen", "First step"],
            moment => Assert.Contains(moment, log, StringComparison.OrdinalIgnoreCase));
    }

    [Fact(Timeout = Limit)]
    public async Task Step_that_fails_fails_the_job()
    {
        await using var test = await StartAsync();

        var job = (await test.WaitForRunAsync(Queue(test, "exit 7").Id, Token)).Jobs[0];

        Assert.Equal(Conclusion.Failed, job.Conclusion);
        Assert.Contains("##[error]Process completed with exit code 7.", await test.Emulator.ReadLogAsync(job.Id, Token), StringComparison.Ordinal);
    }

    private static Task<AgentOnHost> StartAsync() => AgentOnHost.StartAsync(_ => TestWorker.Real(), Token);

    private static RunInfo Queue(AgentOnHost test, string script) => test.Emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = "on: push\njobs:\n  one:\n    runs-on: self-hosted\n    steps:\n      - name: script\n        shell: bash\n        run: |\n"
            + string.Join('\n', script.Split('\n').Select(line => "          " + line)),
    });

    private static async Task<JobInfo> RunAsync(AgentOnHost test, string script)
    {
        var run = await test.WaitForRunAsync(Queue(test, script).Id, Token);
        var job = run.Jobs[0];
        Assert.True(job.Conclusion == Conclusion.Succeeded, $"{job.Conclusion}: {job.Reason}");
        return job;
    }

    private static async Task AssertLinesAsync(AgentOnHost test, JobInfo job, int lines)
    {
        var expected = Enumerable.Range(1, lines);
        Assert.Equal(Conclusion.Succeeded, job.Conclusion);
        Assert.Equal(expected, LogLines.Numbers(await test.Emulator.ReadStepLogAsync(job.Id, job.Step("script").Id, Token)));
        Assert.Equal(expected, LogLines.Numbers(await test.Emulator.ReadLogAsync(job.Id, Token)));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
