using Runner.Backends;
using Runner.Jobs.Containers;
using Runner.Jobs.Outcomes;
using Runner.Testing.Docker;
[assembly: AssemblyFixture(typeof(RegistryFixture))]

namespace Runner.Integration.Tests.Cluster;

/// <summary>Jobs in pods whose images a registry gives only to who logs in with the workflow's <c>credentials</c>, or not in time.</summary>
public sealed class ImagesOnClusterTests(ClusterFixture cluster, RegistryFixture registry)
{
    private const int Limit = 180_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Images_of_job_and_service_are_pulled_with_their_logins_which_nobody_sees()
    {
        Assert.SkipWhen(registry.Missing is not null, registry.Missing ?? string.Empty);
        var run = await PodRun.StartAsync(cluster);
        var login = new RegistryCredentials(RegistryFixture.User, RegistryFixture.Password);
        var containers = new JobContainers
        {
            Job = new JobContainer { Image = await registry.PushAsync(Token), Credentials = login },
            Services = [new("idle", new JobContainer { Image = await registry.PushAsync(Token), Credentials = login, Command = ["sleep", "600"] })],
        };
        await using var agent = run.Agent();
        var handle = await agent.Backend.LaunchAsync(PodRun.Launch(containers), Token);
        await handle.Started.WaitAsync(Token);

        var visible = await run.VisibleAsync(handle);
        var job = await PodRun.EndAsync(handle);

        Assert.True(job.End.Outcome?.Conclusion == Conclusion.Succeeded, job.ToString());
        Assert.Contains(PodRun.StepLine, job.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(RegistryFixture.Password, visible + job.Log, StringComparison.Ordinal);
        await run.AllIsRemovedAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData("wrong-password")]
    [InlineData(null)]
    public async Task Image_without_the_right_login_fails_the_job_with_the_registrys_answer(string? password)
    {
        Assert.SkipWhen(registry.Missing is not null, registry.Missing ?? string.Empty);
        var run = await PodRun.StartAsync(cluster);
        var image = await registry.PushAsync(Token);
        var login = password is null ? null : new RegistryCredentials(RegistryFixture.User, password);
        await using var agent = run.Agent(configure: options => options.Start.ImagePullGrace = TimeSpan.FromSeconds(1));

        var job = await PodRun.RunAsync(agent, PodRun.Launch(new JobContainers { Job = new JobContainer { Image = image, Credentials = login } }));

        Assert.Equal((FailureReason.ImagePull, false), (job.End.Failure, job.End.WorkerStarted));
        Assert.StartsWith($"The job's image, '{image}', could not be pulled from {registry.Address} ", job.End.Message, StringComparison.Ordinal);
        Assert.Matches(RegistryFixture.Refusal, job.End.Message);
        Assert.DoesNotContain("wrong-password", job.End.Message, StringComparison.Ordinal);
        await run.AllIsRemovedAsync();
    }

    public static TheoryData<string> Slow => ["job", "service"];

    [Theory(Timeout = Limit), MemberData(nameof(Slow))]
    public async Task Cancel_while_an_image_is_pulled_leaves_nothing(string whose)
    {
        using var silent = new SilentRegistry();
        var run = await PodRun.StartAsync(cluster);
        var image = new JobContainer { Image = silent.Image, Credentials = new RegistryCredentials("me", "correct-horse"), Environment = [new("A", "b")] };
        var service = whose == "service" ? image : new JobContainer { Image = "local/busybox:1", Command = ["sleep", "600"] };
        await using var agent = run.Agent();
        var handle = await agent.Backend.LaunchAsync(
            PodRun.Launch(new JobContainers { Job = whose == "job" ? image : null, Services = [new("idle", service)] }), Token);
        using var pull = await silent.AskedAsync(Token);

        await handle.CancelAsync(TimeSpan.FromMinutes(1), Token);
        var job = await PodRun.EndAsync(handle);

        Assert.Equal((FailureReason.Deleted, false), (job.End.Failure, job.End.WorkerStarted));
        Assert.Equal("The job was cancelled before its worker started", job.End.Message);
        await run.AllIsRemovedAsync();
    }
}
