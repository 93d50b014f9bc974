using Runner.Backends;
using Runner.Jobs.Containers;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Cluster;

/// <summary>Jobs with services in pods, by the real worker. What holds on every backend is in the corpus.</summary>
public sealed class ServicesOnClusterTests(ClusterFixture cluster)
{
    private const int Limit = 180_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Service_that_never_becomes_healthy_fails_the_job_with_its_last_lines_and_leaves_nothing()
    {
        var run = await PodRun.StartAsync(cluster);
        await using var agent = run.Agent();

        var job = await PodRun.RunAsync(agent, Launch("echo last words; exec sleep 600", "--health-cmd false --health-interval 1s --health-retries 2 --health-timeout 1s"));

        Assert.Equal((Conclusion.Failed, true), (job.End.Outcome?.Conclusion, job.End.WorkerStarted));
        Assert.Contains("last words", job.Log, StringComparison.Ordinal);
        Assert.Matches(@"##\[error\]service-db \(local/busybox:1\) (is not healthy: `false` failed 2 times|was not healthy within 4 s), so no step was run", job.Log);
        Assert.DoesNotContain(PodRun.StepLine, job.Log, StringComparison.Ordinal);
        await run.AllIsRemovedAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Service_that_ends_before_it_is_healthy_is_named_with_its_exit_code()
    {
        var run = await PodRun.StartAsync(cluster);
        await using var agent = run.Agent();

        var job = await PodRun.RunAsync(agent, Launch("echo no config; exit 3", "--health-cmd false"));

        Assert.Equal(Conclusion.Failed, job.End.Outcome?.Conclusion);
        Assert.Contains("no config", job.Log, StringComparison.Ordinal);
        Assert.Contains("##[error]service-db (local/busybox:1) ended with exit code 3 before it was healthy, so no step was run", job.Log, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Service_whose_image_is_not_there_fails_the_job_after_the_grace()
    {
        var run = await PodRun.StartAsync(cluster);
        await using var agent = run.Agent(configure: options => options.Start.ImagePullGrace = TimeSpan.FromSeconds(2));

        var job = await PodRun.RunAsync(agent, PodRun.Launch(new JobContainers { Services = [new("db", new JobContainer { Image = "127.0.0.1:1/no/such:1" })] }));

        Assert.Equal(Conclusion.Failed, job.End.Outcome?.Conclusion);
        Assert.Contains("##[error]The image of container 'service-db', '127.0.0.1:1/no/such:1', could not be pulled from 127.0.0.1:1", job.Log, StringComparison.Ordinal);
        await run.AllIsRemovedAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_while_a_service_is_not_healthy_leaves_nothing()
    {
        var run = await PodRun.StartAsync(cluster);
        await using var agent = run.Agent();
        var handle = await agent.Backend.LaunchAsync(Launch("exec sleep 600", "--health-cmd false --health-interval 1s --health-retries 600"), Token);
        await handle.Started.WaitAsync(Token);

        await handle.CancelAsync(TimeSpan.FromMinutes(1), Token);
        var job = await PodRun.EndAsync(handle);

        Assert.Equal(Conclusion.Canceled, job.End.Outcome?.Conclusion);
        Assert.DoesNotContain(PodRun.StepLine, job.Log, StringComparison.Ordinal);
        await run.NothingIsLeftAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_that_is_restarted_while_a_service_starts_releases_the_job_all_the_same()
    {
        var run = await PodRun.StartAsync(cluster);
        var launch = Launch("sleep 4; touch /ready; exec sleep 600", "--health-cmd 'test -e /ready' --health-interval 1s --health-retries 60");
        await using (var first = run.Agent("agent-a"))
        {
            var lost = await first.Backend.LaunchAsync(launch, Token);
            await lost.Started.WaitAsync(Token);
            lost.Release();
        }

        await using var second = run.Agent("agent-b");
        var adopted = Assert.Single(await second.Backend.AdoptAsync(Token));
        await PodRun.ToldAsync(adopted, PodRun.StepLine);
        await adopted.DisposeAsync();

        await run.AllIsRemovedAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Secret_of_a_service_is_not_to_be_seen_in_the_cluster_and_goes_with_the_job()
    {
        var run = await PodRun.StartAsync(cluster);
        await using var agent = run.Agent();
        var launch = Launch(
            "[ \"$PASSWORD\" = correct-horse ] && touch /ready; exec sleep 600", "--health-cmd 'test -e /ready' --health-interval 1s", KeyValuePair.Create("PASSWORD", "correct-horse"));
        var handle = await agent.Backend.LaunchAsync(launch, Token);
        await handle.Started.WaitAsync(Token);

        var visible = await run.VisibleAsync(handle);
        var job = await PodRun.EndAsync(handle);

        Assert.True(job.End.Outcome?.Conclusion == Conclusion.Succeeded, job.ToString());
        Assert.DoesNotContain("name: PASSWORD\n      value: ", visible, StringComparison.Ordinal);
        Assert.DoesNotContain("value: correct-horse", visible, StringComparison.Ordinal);
        await run.AllIsRemovedAsync();
    }

    private static JobLaunch Launch(string script, string options, params KeyValuePair<string, string>[] environment) => PodRun.Launch(new JobContainers
    {
        Services =
        [
            new("db", new JobContainer
            {
                Image = "local/busybox:1",
                Entrypoint = "sh",
                Command = ["-c", script],
                Options = ContainerOptionsParser.Parse(options, "services.db.options"),
                Environment = [.. environment],
            }),
        ],
    });
}
