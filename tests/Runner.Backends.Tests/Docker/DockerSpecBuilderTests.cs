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
    [InlineData("/mine", null, "/mine/site:/srv:ro")]
    [InlineData(null, "/home/me/app", "/home/me/app/site:/srv:ro")]
    public void Volume_of_the_workspace_is_one_of_the_checkout_on_this_machine(string? bound, string? checkout, string bind)
    {
        var launch = Launch(ReportingTarget.Launcher) with { BoundWorkspace = bound, CheckoutFolder = checkout };

        Assert.Contains(bind, Builder(launch).Service(Web, "net").HostConfig?.Binds ?? []);
    }

    [Fact]
    public void Volume_of_a_workspace_that_only_the_job_has_is_refused_in_the_words_of_the_workflow()
    {
        var refusal = Assert.Throws<WorkflowException>(() => Builder(Launch(ReportingTarget.GitHub)).Service(Web, "net"));

        Assert.Equal("services.web.volumes: '/github/workspace/site:/srv:ro' is in the job's workspace, which on the docker backend only the job's own container has; use a volume with a name", refusal.Message);
    }

    private static ServiceContainer Web { get; } = new("web", new JobContainer { Image = "nginx", Volumes = [VolumeMapping.Parse("/github/workspace/site:/srv:ro", "x")] });

    private static global::Docker.DotNet.Models.CreateContainerParameters Job(ReportingTarget reporting) =>
        Builder(Launch(reporting)).Job(network: null, externals: "volume");

    private static JobLaunch Launch(ReportingTarget reporting) =>
        new() { Job = Some.Job(), Runner = Some.Runner(), MessageSeen = DateTimeOffset.UnixEpoch, Reporting = reporting };

    private static DockerSpecBuilder Builder(JobLaunch launch) =>
        new(launch, "debian:12", new DockerOptions(), new Dictionary<string, string>(), DateTimeOffset.UnixEpoch, Key);
}
