using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes.Tests.Pods;

public sealed class ServiceJudgeTests
{
    // Healthy at the latest 6 periods of 2 s and a timeout of 1 s after its start, and 5 s for the kubelet to tell it.
    private static readonly V1Probe Probe = new()
    {
        PeriodSeconds = 2, TimeoutSeconds = 1, FailureThreshold = 5, Exec = new V1ExecAction { Command = ["sh", "-c", "pg_isready"] },
    };

    private static readonly DateTimeOffset Started = new(SomePod.Started);

    public static TheoryData<string, V1Pod, int, object?> Sightings => new()
    {
        // what is seen, the pod, seconds after the start, readiness
        { "no services", Pod(), 0, null },
        { "nothing known yet", Pod().WithService("db"), 0, new ServiceReadiness.Waiting(new DateTimeOffset(SomePod.Scheduled).AddMinutes(30)) },
        { "being created", Pod().WithService("db").Waiting("service-db", "ContainerCreating"), 0, new ServiceReadiness.Waiting(new DateTimeOffset(SomePod.Scheduled).AddMinutes(30)) },
        { "runs without a check", Pod().WithService("db").Serving("db", isReady: true), 0, new ServiceReadiness.Ready() },
        { "runs, its check not yet good", Pod().WithService("db", Probe).Serving("db", isReady: false), 17, new ServiceReadiness.Waiting(Started.AddSeconds(18)) },
        { "runs, its check good, not yet told as ready", Pod().WithService("db", Probe).Passed("db"), 1, new ServiceReadiness.Ready() },
        { "runs, its check good", Pod().WithService("db", Probe).Serving("db", isReady: true), 17, new ServiceReadiness.Ready() },
        {
            "runs, its check never good", Pod().WithService("db", Probe).Serving("db", isReady: false), 18,
            new ServiceReadiness.Failed("service-db", "service-db (db:1) was not healthy within 13 s, so no step was run")
        },
        {
            "ended", Pod().WithService("db", Probe).Ended(3, container: "service-db"), 0,
            new ServiceReadiness.Failed("service-db", "service-db (db:1) ended with exit code 3 before it was healthy, so no step was run")
        },
        {
            "ended by its check", Pod().WithService("db", Probe).Ended(137, "Error", container: "service-db"), 0,
            new ServiceReadiness.Failed("service-db", "service-db (db:1) is not healthy: `pg_isready` failed 5 times, so no step was run")
        },
        {
            "entry point that is none", Pod().WithService("db", Probe).Ended(128, "StartError", "exec: \"nope\": not found", container: "service-db"), 0,
            new ServiceReadiness.Failed("service-db", "service-db (db:1) could not be started (StartError: exec: \"nope\": not found), so no step was run")
        },
        {
            "image not there", Pod().WithService("db").Waiting("service-db", "ErrImagePull", "no such image"), 0,
            new ServiceReadiness.Waiting(Started.AddSeconds(30), IsStartFailing: true)
        },
        {
            "image name wrong", Pod().WithService("db").Waiting("service-db", "InvalidImageName", "x"), 0,
            new ServiceReadiness.Failed("service-db", "The image of container 'service-db', 'db:1', is no valid image name")
        },
        {
            "one of two is ready", Pod().WithService("db", Probe).WithService("web").Serving("db", isReady: false).Serving("web", isReady: true), 1,
            new ServiceReadiness.Waiting(Started.AddSeconds(18))
        },
        {
            "ended without a check", Pod().WithService("db").Ended(3, container: "service-db"), 0,
            new ServiceReadiness.Ready()
        },
        {
            "one of two failed", Pod().WithService("db", Probe).WithService("web", Probe).Serving("db", isReady: false).Ended(1, container: "service-web"), 1,
            new ServiceReadiness.Failed("service-web", "service-web (web:1) ended with exit code 1 before it was healthy, so no step was run")
        },
        { "both are ready", Pod().WithService("db", Probe).WithService("web").Serving("db", isReady: true).Serving("web", isReady: true), 1, new ServiceReadiness.Ready() },
    };

    [Theory, MemberData(nameof(Sightings))]
    public void Worker_that_runs_waits_for_its_services(string what, V1Pod pod, int seconds, object? expected)
    {
        var verdict = Judge(pod, seconds);

        Assert.True(Equals(expected, Assert.IsType<PodVerdict.Running>(verdict).Services), $"{what}: {verdict}");
    }

    [Fact]
    public void Image_that_cannot_be_pulled_for_long_fails_the_wait()
    {
        var pod = Pod().WithService("db").Waiting("service-db", "ImagePullBackOff", "Back-off pulling image");

        var verdict = new PodJudge(new StartOptions()).Judge(new PodSighting { Pod = pod, Now = Started.AddSeconds(31), StartFailingSince = Started });

        Assert.Equal(
            new ServiceReadiness.Failed(
                "service-db", "The image of container 'service-db', 'db:1', could not be pulled from docker.io (ImagePullBackOff, tried for 31 s): Back-off pulling image"),
            Assert.IsType<PodVerdict.Running>(verdict).Services);
    }

    [Fact]
    public void Job_whose_service_cannot_start_starts()
    {
        var pod = SomePod.New().OnNode().WithService("db").Waiting("service-db", "InvalidImageName", "x").Waiting("job", "ContainerCreating");

        var verdict = new PodJudge(new StartOptions()).Judge(new PodSighting { Pod = pod, Now = Started.AddMinutes(1), StartFailingSince = null });

        Assert.False(Assert.IsType<PodVerdict.Waiting>(verdict).IsStartFailing);
    }

    [Fact]
    public void End_of_the_jobs_container_is_the_end_whatever_services_do()
    {
        var pod = Pod().WithService("db").Serving("db", isReady: true).Ended(0, message: SomePod.OutcomeOf(Conclusion.Succeeded, isReported: true));

        var end = Assert.IsType<PodVerdict.Over>(Judge(pod, 60)).End;

        Assert.Equal((Conclusion.Succeeded, FailureReason.None), (end.Outcome?.Conclusion, end.Failure));
    }

    [Fact]
    public void Worker_that_dies_beside_its_services_is_lost()
    {
        var end = Assert.IsType<PodVerdict.Over>(Judge(Pod().WithService("db").Serving("db", isReady: true).Ended(70, "Error"), 60)).End;

        Assert.Equal((FailureReason.WorkerDied, true), (end.Failure, end.WorkerStarted));
    }

    private static V1Pod Pod() => SomePod.New("Running").OnNode().Running();

    private static PodVerdict Judge(V1Pod pod, int seconds) => new PodJudge(new StartOptions()).Judge(new PodSighting { Pod = pod, Now = Started.AddSeconds(seconds) });
}
