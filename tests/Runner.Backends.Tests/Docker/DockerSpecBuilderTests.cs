using Runner.Backends.Docker;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Backends.Tests.Docker;

public sealed class DockerSpecBuilderTests
{
    private static readonly Jobs.Secrets.Secret Key = OutcomeProof.NewKey();

    [Fact]
    public void Node_is_mounted_read_only()
    {
        Assert.Contains($"volume:{DockerPaths.Externals}:ro", Job(ReportingTarget.GitHub).HostConfig?.Binds ?? []);
    }

    [Fact]
    public void Label_by_which_a_job_is_adopted_tells_its_workers_outcome_from_others_and_holds_no_key()
    {
        var label = Job(ReportingTarget.GitHub).Labels[DockerLabels.Launch];

        var record = DockerLabels.ReadLaunch(new Dictionary<string, string> { [DockerLabels.Launch] = label });

        Assert.Equal(OutcomeProof.ChecksOf(Key), record?.OutcomeChecks);
        Assert.DoesNotContain(Key.Reveal(), label, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/mine", null, "/mine/site:/srv")]
    [InlineData(null, "/home/me/app", "/home/me/app/site:/srv:ro")] // what is the user's own, nobody writes to
    public void Volume_of_the_workspace_is_one_of_the_checkout_on_this_machine(string? bound, string? checkout, string bind)
    {
        var launch = Launch(ReportingTarget.Launcher) with { BoundWorkspace = bound, CheckoutFolder = checkout };

        Assert.Equal([bind, bind], Builder(launch).Service(Web, "net").HostConfig?.Binds);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, "/home/me/app")]
    [InlineData("/mine", null)]
    public void Users_checkout_is_never_laid_over_the_workspace_of_a_job(string? bound, string? checkout)
    {
        var launch = Launch(ReportingTarget.Launcher) with
        {
            BoundWorkspace = bound,
            CheckoutFolder = checkout,
            Containers = new JobContainers { Job = new JobContainer { Image = "x", Volumes = [VolumeMapping.Parse("/github/workspace:/github/workspace/", "x")] } },
        };

        var binds = Builder(launch).Job(network: null, externals: null).HostConfig?.Binds ?? [];

        Assert.Equal(bound is null ? [] : ["/mine:/github/workspace"], binds.Where(bind => bind.Contains("workspace", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("services.web", null)]
    [InlineData("container", "/home/me/app")]
    public void Volume_of_a_workspace_that_only_the_job_has_is_refused_in_the_words_of_the_workflow(string where, string? checkout)
    {
        var launch = Launch(ReportingTarget.GitHub) with { CheckoutFolder = checkout, Containers = new JobContainers { Job = Web.Container } };

        var refusal = Assert.Throws<WorkflowException>(() => where == "container" ? Builder(launch).Job(network: null, externals: null) : Builder(launch).Service(Web, "net"));

        Assert.Equal($"{where}.volumes: '/github/workspace/site:/srv' is in the job's workspace, of which a container of the docker backend gets no part; use a volume with a name", refusal.Message);
    }

    private static ServiceContainer Web { get; } = new("web", new JobContainer
    {
        Image = "nginx",
        Volumes = [VolumeMapping.Parse("/github/workspace/site:/srv", "x")],
        Options = ContainerOptionsParser.Parse("-v /github/workspace/site:/srv", "x"),
    });

    private static global::Docker.DotNet.Models.CreateContainerParameters Job(ReportingTarget reporting) =>
        Builder(Launch(reporting)).Job(network: null, externals: "volume");

    private static JobLaunch Launch(ReportingTarget reporting) =>
        new() { Job = Some.Job(), Runner = Some.Runner(), MessageSeen = DateTimeOffset.UnixEpoch, Reporting = reporting };

    private static DockerSpecBuilder Builder(JobLaunch launch) =>
        new(launch, "debian:12", new DockerOptions(), new Dictionary<string, string>(), DateTimeOffset.UnixEpoch, Key);
}
