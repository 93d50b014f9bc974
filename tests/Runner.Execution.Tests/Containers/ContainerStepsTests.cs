using Microsoft.Extensions.Time.Testing;
using Runner.Execution.Hosting;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Testing;

namespace Runner.Execution.Tests.Containers;

public sealed class ContainerStepsTests
{
    private static readonly PlacedContainers Placed = new()
    {
        Network = "net-1",
        Job = new PlacedContainer("c-1", "debian:12"),
        Services =
        [
            new PlacedService("redis", new PlacedContainer("c-2", "redis:7")) { Ports = [.. PortMapping.Parse("6380:6379", "x")], HasCheck = true },
            new PlacedService("plain", new PlacedContainer("c-3", "nginx")),
        ],
    };

    [Fact(Timeout = 60_000)]
    public async Task Steps_around_the_job_tell_its_containers()
    {
        using var job = new TestJob();

        await RunAsync(job, Placed, "echo hello");

        Assert.Equal(["Initialize containers", "Run echo hello", "Stop containers"], job.Steps.Select(step => step.Name));
        Assert.Equal(("runner", "initialize_containers"), (job.Steps[0].Type, job.Steps[0].ActionName));
        Assert.Equal(
            [
                "##[group]Starting job container", "Image: debian:12", "Container: c-1", "Network: net-1", "##[endgroup]",
                "##[group]Starting redis service container", "Image: redis:7", "Container: c-2", "Network: net-1", "Port: 6380:6379/tcp", "##[endgroup]",
                "##[group]Starting plain service container", "Image: nginx", "Container: c-3", "Network: net-1", "##[endgroup]",
                "##[group]Waiting for all services to be ready", "redis service is healthy.", "plain service has started.", "##[endgroup]",
            ],
            job.LinesOf("Initialize containers"));
        Assert.Equal(
            [
                "Stop and remove container: c-1 (debian:12)", "Stop and remove container: c-2 (redis:7)", "Stop and remove container: c-3 (nginx)",
                "Remove container network: net-1",
            ],
            job.LinesOf("Stop containers"));
    }

    public static TheoryData<string, string> Members => new()
    {
        // of the job context                     value
        { "job.container.id",                     "c-1" },
        { "job.container.network",                "net-1" },
        { "job.services.redis.id",                "c-2" },
        { "job.services.redis.network",           "net-1" },
        { "job.services.redis.ports['6379']",     "6380" },
        { "job.services.redis.ports[6379]",       "6380" },
        { "job.services.plain.ports['80']",       "" },
        { "job.services.none.ports",              "" },
        { "job.status",                           "success" },
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Members))]
    public async Task Job_context_has_ids_network_and_ports(string expression, string value)
    {
        using var job = new TestJob();

        await RunAsync(job, Placed, "echo \"[$V]\"", Some.Mapping(("V", new ExpressionToken(expression))));

        Assert.Equal([$"[{value}]"], job.Output(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Job_without_containers_has_no_such_steps()
    {
        using var job = new TestJob();

        await RunAsync(job, null, "echo hello");

        Assert.Equal(["Run echo hello"], job.Steps.Select(step => step.Name));
    }

    [Fact(Timeout = 60_000)]
    public async Task Service_that_failed_before_the_worker_began_fails_its_step_and_those_after_run_by_their_conditions()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Payload(
            Some.Job() with { Steps = [Some.Script("echo never"), Some.Script("echo clean up", condition: "always()"), Some.Script("echo failed", condition: "failure()")] },
            job.Folder) with { Containers = Placed with { Services = [], Failure = "The service 'redis' is unhealthy. The last it printed:\nport in use" } });

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Equal(
            [Conclusion.Failed, Conclusion.Skipped, Conclusion.Succeeded, Conclusion.Succeeded, Conclusion.Succeeded], job.Steps.Select(step => step.Conclusion));
        Assert.Equal(
            ["##[group]Waiting for all services to be ready", "port in use", "##[endgroup]", "##[error]The service 'redis' is unhealthy. The last it printed:"],
            job.LinesOf("Initialize containers").SkipWhile(line => line != "##[group]Waiting for all services to be ready"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Container_of_its_own_without_services_is_not_waited_for()
    {
        using var job = new TestJob { Services = new Gate(new TaskCompletionSource<string?>().Task) };

        await RunAsync(job, Placed with { Services = [], AwaitsRelease = true }, "echo hello");

        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
        Assert.DoesNotContain("##[group]Waiting for all services to be ready", job.LinesOf("Initialize containers"));
    }

    [Fact(Timeout = 60_000)]
    public async Task First_step_waits_for_the_release()
    {
        var released = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var job = new TestJob { Services = new Gate(released.Task) };

        var waiting = job.Reporter.Seen(line => line == "##[group]Waiting for all services to be ready");
        var run = RunAsync(job, Placed with { AwaitsRelease = true }, "echo hello");
        await waiting.WaitAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("hello", job.Reporter.Lines);
        released.SetResult(null);
        await run;

        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
        Assert.Contains("hello", job.Reporter.Lines);
    }

    [Fact(Timeout = 60_000)]
    public async Task Service_that_is_not_healthy_fails_the_job_with_its_last_lines()
    {
        using var job = new TestJob { Services = new Gate(Task.FromResult<string?>("service 'redis' is unhealthy\nlast words\nand more")) };

        await RunAsync(job, Placed with { AwaitsRelease = true }, "echo never");

        Assert.Equal([Conclusion.Failed, Conclusion.Skipped, Conclusion.Succeeded], job.Steps.Select(step => step.Conclusion));
        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Equal(
            [
                "##[group]Waiting for all services to be ready", "Waiting for: redis, plain", "last words\nand more", "##[endgroup]",
                "##[error]service 'redis' is unhealthy",
            ],
            job.LinesOf("Initialize containers").TakeLast(5));
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancel_ends_the_wait()
    {
        using var job = new TestJob { Services = new Gate(new TaskCompletionSource<string?>().Task) };

        var waiting = job.Reporter.Seen(line => line == "##[group]Waiting for all services to be ready");
        var run = RunAsync(job, Placed with { AwaitsRelease = true }, "echo never");
        await waiting.WaitAsync(TestContext.Current.CancellationToken);
        job.Cancellation.Cancel(CancelReason.User);
        await run;

        Assert.Equal(Conclusion.Canceled, job.Result?.Conclusion);
        Assert.Equal([Conclusion.Canceled, Conclusion.Skipped, Conclusion.Succeeded], job.Steps.Select(step => step.Conclusion));
    }

    [Fact(Timeout = 60_000)]
    public async Task Logs_of_services_are_printed_before_they_go_as_text_and_no_commands()
    {
        using var job = new TestJob { ServiceLogs = new Logs((_, output) => output.Write("::error::not ours\nno end"u8)) };

        await RunAsync(job, Placed with { Services = [Placed.Services[0]] }, "true");

        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
        Assert.Equal(
            ["##[group]Print service container logs: redis", "::error::not ours", "no end", "##[endgroup]", "Stop and remove container: c-1 (debian:12)"],
            job.LinesOf("Stop containers").Take(5));
    }

    [Fact(Timeout = 60_000)]
    public async Task Logs_that_cannot_be_had_do_not_fail_the_job()
    {
        using var job = new TestJob { ServiceLogs = new Logs((_, _) => throw new InfrastructureException("the engine is gone")) };

        await RunAsync(job, Placed with { Services = [Placed.Services[0]] }, "true");

        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
        Assert.Equal("They cannot be had: the engine is gone", job.LinesOf("Stop containers")[1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Launcher_that_does_not_answer_holds_the_job_no_longer_than_its_limit()
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var job = new TestJob { Time = time, ServiceLogs = new Logs((_, _) => asked.SetResult(), isSilent: true) };

        var run = RunAsync(job, Placed, "true");
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(10));
        await run;

        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
        Assert.Contains("They cannot be had: whoever launched the job does not answer", job.LinesOf("Stop containers"));
    }

    private static Task<JobResult> RunAsync(TestJob job, PlacedContainers? containers, string script, TemplateToken? env = null) =>
        job.RunAsync(Some.Payload(Some.Job() with { Steps = [Some.Script(script, env: env)] }, job.Folder) with { Containers = containers });

    private sealed class Logs(Action<string, IContainerOutput> write, bool isSilent = false) : IServiceLogs
    {
        public Task WriteAsync(string container, IContainerOutput output, CancellationToken cancellationToken)
        {
            write(container, output);
            return isSilent ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken) : Task.CompletedTask;
        }
    }

    private sealed class Gate(Task<string?> word) : IServiceGate
    {
        public Task<string?> WaitAsync(CancellationToken cancellationToken) => word.WaitAsync(cancellationToken);
    }
}
