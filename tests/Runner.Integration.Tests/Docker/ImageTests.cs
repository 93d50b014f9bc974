using Runner.Backends;
using Runner.Jobs.Containers;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Docker;

/// <summary>Jobs in containers whose images a registry gives only to who logs in with the workflow's <c>credentials</c>, or not in time.</summary>
public sealed class ImageTests(DockerEngineFixture engine, RegistryFixture registry) : IDisposable
{
    private readonly DockerRun _run = new(engine);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _run.Dispose();

    [Fact(Timeout = 180_000)]
    public async Task Images_of_job_and_service_are_pulled_with_their_logins()
    {
        Assert.SkipWhen(registry.Missing is not null, registry.Missing ?? string.Empty);
        var login = new RegistryCredentials(RegistryFixture.User, RegistryFixture.Password);
        var containers = new JobContainers
        {
            Job = new JobContainer { Image = await registry.PushAsync(Token), Credentials = login },
            Services = [new("idle", new JobContainer { Image = await registry.PushAsync(Token), Credentials = login, Command = ["sleep", "600"] })],
        };

        var result = await _run.RunAsync(containers, Some.Script("echo the step runs", shell: "sh"));

        Assert.True(result.Conclusion == Conclusion.Succeeded, result.ToString());
        Assert.DoesNotContain(RegistryFixture.Password, result.ToString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 180_000)]
    [InlineData("wrong-password")]
    [InlineData(null)]
    public async Task Image_without_the_right_login_fails_the_job_with_the_registrys_answer(string? password)
    {
        Assert.SkipWhen(registry.Missing is not null, registry.Missing ?? string.Empty);
        var image = await registry.PushAsync(Token);
        var login = password is null ? null : new RegistryCredentials(RegistryFixture.User, password);

        var result = await _run.RunAsync(new JobContainers { Job = new JobContainer { Image = image, Credentials = login } }, Some.Script("echo never", shell: "sh"));

        Assert.Equal(FailureReason.ImagePull, result.End.Failure);
        Assert.StartsWith($"The image '{image}' could not be had in 3 tries: ", result.End.Message, StringComparison.Ordinal);
        Assert.Matches(RegistryFixture.Refusal, result.End.Message);
        Assert.DoesNotContain("wrong-password", result.End.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Slow => ["job", "service"];

    [Theory(Timeout = 180_000), MemberData(nameof(Slow))]
    public async Task Cancel_while_an_image_is_pulled_leaves_nothing(string whose)
    {
        using var silent = new SilentRegistry();
        var image = new JobContainer { Image = silent.Image, Volumes = [VolumeMapping.Parse("/data", "x")] };
        var containers = new JobContainers
        {
            Job = whose == "job" ? image : null,
            Services = whose == "service" ? [new("slow", image)] : [],
        };

        var result = await _run.CancelWhenAsync(token => silent.AskedAsync(token), containers, Some.Script("echo never", shell: "sh"));

        Assert.Equal((FailureReason.Deleted, false), (result.End.Failure, result.End.WorkerStarted));
        Assert.Equal("The job was cancelled before its worker started", result.End.Message);
    }
}
