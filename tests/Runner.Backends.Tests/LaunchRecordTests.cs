using Runner.Backends.Docker;
using Runner.Backends.Host;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Backends.Tests;

public sealed class LaunchRecordTests
{
    // Nothing secret, and nothing of the launcher's process.
    private static readonly string[] Left = [nameof(JobLaunch.Job), nameof(JobLaunch.KeepAs), nameof(JobLaunch.Containers), nameof(JobLaunch.Requests), nameof(JobLaunch.Network), nameof(JobLaunch.Tracing), nameof(JobLaunch.Hold), nameof(JobLaunch.Usage), nameof(JobLaunch.OwnCheckout), nameof(JobLaunch.CheckoutFolder), nameof(JobLaunch.ServicesToken), nameof(JobLaunch.MoreMemory)];

    private static readonly JobLaunch Whole = new()
    {
        Job = Some.Job(),
        Runner = Some.Runner("whole"),
        Labels = ["linux", "x64"],
        Pool = "gpu",
        Platform = "big",
        Most = new MostResources(4, 1024),
        MessageSeen = new DateTimeOffset(2026, 5, 4, 10, 0, 0, TimeSpan.Zero),
        Attempt = 2,
        Reporting = ReportingTarget.Launcher,
        Services = new ServiceAddresses(new Uri("https://results.example/"), new Uri("https://cache.example/")),
        SendsWorkspace = true,
        BoundWorkspace = "/srv/checkout",
    };

    private static readonly JobLaunch Plain = new() { Job = Some.Job(), Runner = Some.Runner("plain"), MessageSeen = default };

    [Fact]
    public void Launch_crosses_the_folder_of_its_job()
    {
        using var folder = new TempFolder();

        new HostJobRecord { Launch = LaunchRecord.Of(Whole, Whole.MessageSeen, OutcomeProof.NewKey()) }.Write(folder["record.json"]);

        Check(HostJobRecord.TryRead(folder["record.json"])?.Launch);
    }

    [Fact]
    public void Launch_crosses_the_label_of_its_container()
    {
        var labels = new Dictionary<string, string> { [DockerLabels.Launch] = DockerLabels.LaunchRecordOf(Whole, Whole.MessageSeen, OutcomeProof.NewKey()) };

        Check(DockerLabels.ReadLaunch(labels));
    }

    private static void Check(LaunchRecord? record)
    {
        Mirrors.AllCross(Whole, Plain, record?.ToLaunch(), Left);
        Assert.Equal(Whole.JobId, record?.JobId);
        Assert.Equal(Whole.Job.Plan.PlanId, record?.PlanId);
        Assert.Equal(Whole.Job.JobName, record?.JobName);
    }
}
