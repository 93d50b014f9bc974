using Runner.Backends.Docker;
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

    private static global::Docker.DotNet.Models.CreateContainerParameters Job(ReportingTarget reporting)
    {
        var launch = new JobLaunch { Job = Some.Job(), Runner = Some.Runner(), MessageSeen = DateTimeOffset.UnixEpoch, Reporting = reporting };
        return new DockerSpecBuilder(launch, "debian:12", new DockerOptions(), new Dictionary<string, string>(), DateTimeOffset.UnixEpoch, Key)
            .Job(network: null, externals: "volume");
    }
}
