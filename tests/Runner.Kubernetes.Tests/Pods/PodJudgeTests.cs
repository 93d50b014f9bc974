using System.Text;
using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes.Tests.Pods;

public sealed class PodJudgeTests
{
    private const string Planted = """{"conclusion":"succeeded","isReported":false}""";

    private static readonly string Outcome = SomePod.OutcomeOf(Conclusion.Succeeded, isReported: true);
    private static readonly string Unreported = SomePod.OutcomeOf(Conclusion.Succeeded, isReported: false);

    private static readonly PodJudge Judge = new(new StartOptions());

    public static TheoryData<string, V1Pod, bool, FailureReason, bool, string> Losses => new()
    {
        // what happened, the pod, gone, reason, worker started, message
        {
            "killed for its memory", SomePod.New("Failed", memoryLimit: "32Mi").OnNode().Ended(137, "OOMKilled"), false,
            FailureReason.OutOfMemory, true,
            "The job's container was killed because it used more than its memory limit of 32Mi; ask for more, with a label such as memory=64Mi"
        },
        {
            "killed for its memory, after a step wrote an outcome",
            SomePod.New("Failed", memoryLimit: "32Mi").OnNode().Ended(137, "OOMKilled", Planted), false,
            FailureReason.OutOfMemory, true,
            "The job's container was killed because it used more than its memory limit of 32Mi; ask for more, with a label such as memory=64Mi"
        },
        {
            "killed for its memory, while it reported", SomePod.New("Failed", memoryLimit: "32Mi").OnNode().Ended(137, "OOMKilled", Unreported), false,
            FailureReason.OutOfMemory, true,
            "The job's container was killed because it used more than its memory limit of 32Mi; ask for more, with a label such as memory=64Mi"
        },
        {
            "killed by a step that wrote an outcome", SomePod.New("Failed").OnNode().Ended(137, "Error", Planted), false,
            FailureReason.WorkerDied, true,
            "The worker's process was killed by signal 9 (SIGKILL: somebody, or the kernel for lack of memory) before the job was concluded"
        },
        {
            "ended, with an outcome of somebody else's", SomePod.New("Failed").OnNode().Ended(0, "Completed", Planted), false,
            FailureReason.WorkerDied, true,
            "The worker's process ended with exit code 0 before the job was concluded"
        },
        {
            "killed for its memory, in gibibytes", SomePod.New("Failed", memoryLimit: "4Gi").OnNode().Ended(137, "OOMKilled"), false,
            FailureReason.OutOfMemory, true,
            "The job's container was killed because it used more than its memory limit of 4Gi; ask for more, with a label such as memory=8Gi"
        },
        {
            "killed for the node's memory", SomePod.New("Failed").OnNode().Ended(137, "OOMKilled"), false,
            FailureReason.OutOfMemory, true,
            "The job's container was killed because node 'node-1' ran out of memory (it has no memory limit of its own)"
        },
        {
            "set-up killed for its memory", SomePod.New("Failed").OnNode().Ended(137, "OOMKilled", container: "setup"), false,
            FailureReason.OutOfMemory, false,
            "Container 'setup' was killed because node 'node-1' ran out of memory (it has no memory limit of its own)"
        },
        {
            "set-up failed", SomePod.New("Failed").OnNode().Ended(69, "Error", "no space left on device\n", container: "setup"), false,
            FailureReason.ContainerStart, false,
            "The pod could not be set up: container 'setup' ended with exit code 69: no space left on device"
        },
        {
            "evicted", SomePod.New("Failed").OnNode().Because("Evicted", "The node was low on resource: memory. "), false,
            FailureReason.Evicted, false,
            "The job's pod was evicted from node 'node-1': The node was low on resource: memory."
        },
        {
            "evicted while it ran", SomePod.New("Failed").OnNode().Ended(137, "ContainerStatusUnknown").Because("Evicted", "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi."), false,
            FailureReason.Evicted, true,
            "The job's pod was evicted from node 'node-1': Pod ephemeral local storage usage exceeds the total limit of containers 1Gi."
        },
        {
            "drained", SomePod.New("Running").OnNode().Running().Disrupted("EvictionByEvictionAPI", "Eviction API: evicting"), true,
            FailureReason.Evicted, true,
            "The job's pod was evicted from node 'node-1': Eviction API: evicting"
        },
        {
            "preempted", SomePod.New("Failed").OnNode().Ended(143, "Error").Disrupted("PreemptionByScheduler", "preempting to accommodate a higher priority pod"), true,
            FailureReason.Preempted, true,
            "The job's pod had to make room on node 'node-1' for one of higher priority: preempting to accommodate a higher priority pod"
        },
        {
            "node shut down", SomePod.New("Failed").OnNode().Ended(143, "Error").Because("Terminated", "Pod was terminated in response to imminent node shutdown."), false,
            FailureReason.Evicted, true,
            "Node 'node-1' was shut down under the job: Pod was terminated in response to imminent node shutdown."
        },
        {
            "garbage collected with its node", SomePod.New("Failed").OnNode().Running().Disrupted("DeletionByPodGC", "PodGC: node no longer exists"), true,
            FailureReason.NodeLost, true,
            "Node 'node-1', on which the job ran, does not answer any more"
        },
        {
            "deleted while it ran", SomePod.New("Running").OnNode().Running(), true,
            FailureReason.Deleted, true,
            "Somebody deleted the job's pod 'act-job-x' in namespace 'ci'"
        },
        {
            "deleted while its worker was ending", SomePod.New("Failed").OnNode().Ended(143, "Error").BeingDeleted(SomePod.Started), false,
            FailureReason.Deleted, true,
            "Somebody deleted the job's pod 'act-job-x' in namespace 'ci'"
        },
        {
            "deleted, and the kubelet no longer found its container", SomePod.New("Running").OnNode().Waiting("job", "ContainerCreating").Before(137, "ContainerStatusUnknown"), true,
            FailureReason.Deleted, true,
            "Somebody deleted the job's pod 'act-job-x' in namespace 'ci'"
        },
        {
            "deleted before it started", SomePod.New().Unscheduled("0/1 nodes are available"), true,
            FailureReason.Deleted, false,
            "Somebody deleted the job's pod 'act-job-x' in namespace 'ci'"
        },
        {
            "set-up stopped by a deletion", SomePod.New("Failed").OnNode().Ended(143, "Error", container: "setup").BeingDeleted(SomePod.Started), true,
            FailureReason.Deleted, false,
            "Somebody deleted the job's pod 'act-job-x' in namespace 'ci'"
        },
        {
            "worker crashed", SomePod.New("Failed").OnNode().Ended(139, "Error"), false,
            FailureReason.WorkerDied, true,
            "The worker's process was killed by signal 11 (SIGSEGV) before the job was concluded"
        },
        {
            "worker ended without a word", SomePod.New("Succeeded").OnNode().Ended(0, "Completed"), false,
            FailureReason.WorkerDied, true,
            "The worker's process ended with exit code 0 before the job was concluded"
        },
        {
            "worker left half an outcome", SomePod.New("Failed").OnNode().Ended(137, "Error", Outcome[..30]), false,
            FailureReason.WorkerDied, true,
            "The worker's process was killed by signal 9 (SIGKILL: somebody, or the kernel for lack of memory) before the job was concluded"
        },
        {
            "worker could not be started", SomePod.New("Failed").OnNode().Ended(128, "StartError", "exec format error"), false,
            FailureReason.ContainerStart, false,
            "The worker could not be started in the job's container (StartError): exec format error"
        },
        {
            "refused by the node", SomePod.New("Failed").OnNode().Because("OutOfcpu", "Pod Node didn't have enough resource: cpu"), false,
            FailureReason.Rejected, false,
            "Node 'node-1' refused the job's pod (OutOfcpu): Pod Node didn't have enough resource: cpu"
        },
        {
            "invalid image name", SomePod.New().OnNode().Waiting("job", "InvalidImageName", "Failed to apply default image tag"), false,
            FailureReason.ImagePull, false,
            "The job's image, 'debian:12', is no valid image name"
        },
        {
            "root where the standard forbids it",
            SomePod.New().OnNode().Waiting("job", "CreateContainerConfigError", "container has runAsNonRoot and image will run as root"), false,
            FailureReason.Rejected, false,
            "Container 'job' may not run as root here, and its image 'debian:12' has no user with a number but 0: container has runAsNonRoot and image will run as root."
            + " Give the image one (USER 1001), name one in the container's options (--user 1001), or have the platform's securityContext.runAsUser set"
        },
    };

    [Theory, MemberData(nameof(Losses))]
    public void Lost_pod_is_explained(string what, V1Pod pod, bool isGone, FailureReason reason, bool workerStarted, string message)
    {
        var end = Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(pod, isGone: isGone))).End;

        Assert.NotEmpty(what);
        Assert.Equal(message, end.Message);
        Assert.Equal((reason, workerStarted), (end.Failure, end.WorkerStarted));
        Assert.Null(end.Outcome);
    }

    public static TheoryData<string, V1Pod, bool> Starts => new()
    {
        { "no node", SomePod.New().Unscheduled("0/3 nodes are available"), true },
        { "image of the set-up", SomePod.New().OnNode().Waiting("setup", "ErrImageNeverPull"), true },
        { "set-up failed", SomePod.New().OnNode().Ended(1, "Error", container: "setup"), true },
        { "image of the job", SomePod.New().OnNode().Waiting("job", "InvalidImageName"), false },
        { "worker that ran", SomePod.New("Failed").OnNode().Ended(137, "Error"), false },
    };

    [Theory, MemberData(nameof(Starts))]
    public void Job_that_did_not_start_says_whether_another_one_would_have(string what, V1Pod pod, bool isPlaceAtFault)
    {
        var end = Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(pod, after: TimeSpan.FromHours(1), failingSince: SomePod.Created))).End;

        Assert.NotEmpty(what);
        Assert.Equal(isPlaceAtFault, end.IsPlaceAtFault);
    }

    [Fact]
    public void Outcome_of_the_worker_has_the_last_word()
    {
        var pod = SomePod.New("Failed", memoryLimit: "32Mi").OnNode().Ended(0, "OOMKilled", Outcome);

        var end = Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(pod, isGone: true))).End;

        Assert.Equal((Conclusion.Succeeded, FailureReason.None), (end.Outcome?.Conclusion, end.Failure));
        Assert.Equal(new DateTimeOffset(2026, 5, 4, 9, 59, 59, 500, TimeSpan.Zero), end.Times.MessageSeen);
        Assert.Equal(SomePod.Created, end.Times.PodCreated);
        Assert.Equal(SomePod.Scheduled, end.Times.Scheduled);
        Assert.Equal(SomePod.Started, end.Times.ContainersStarted);
        Assert.Equal(SomePod.Started.AddSeconds(1), end.Times.FirstStep);
        Assert.Equal(new PlaceResources { MemoryRequest = 32 * 1024 * 1024, MemoryLimit = 32 * 1024 * 1024 }, end.Resources);
    }

    [Fact]
    public void What_a_killed_worker_had_not_sent_of_its_log_is_in_its_status()
    {
        const string Log = "2026-05-04T10:00:09.0000000Z the last line\n";
        var left = Encoding.UTF8.GetString(LeftLog.ToJson(UnsentLog.Pack(position: 5, length: 5 + Log.Length, Encoding.UTF8.GetBytes(Log))));

        var end = Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(SomePod.New("Failed").OnNode().Ended(137, "OOMKilled", left)))).End;

        Assert.Equal((FailureReason.OutOfMemory, null, 5L, Log), (end.Failure, end.Outcome, end.Unsent?.Position, end.Unsent?.Text()));
    }

    [Fact]
    public void End_says_what_the_jobs_container_asked_for_also_where_it_was_lost()
    {
        var pod = SomePod.New("Failed", memoryLimit: "32Mi").OnNode().Ended(137, "OOMKilled");
        pod.Spec.Containers[0].Resources.Requests["cpu"] = new ResourceQuantity("250m");
        var bare = SomePod.New("Failed").OnNode().Ended(137, "OOMKilled");

        Assert.Equal(0.25m, Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(pod))).End.Resources?.CpuRequest);
        Assert.Null(Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(bare))).End.Resources);
    }

    [Theory]
    [InlineData("EvictionByEvictionAPI", true, FailureReason.Evicted)]
    [InlineData(null, true, FailureReason.Deleted)]
    [InlineData("EvictionByEvictionAPI", false, FailureReason.None)] // its steps had failed before
    public void Worker_that_was_told_to_end_is_believed_and_the_pod_says_why(string? disruption, bool isRemoval, FailureReason reason)
    {
        var outcome = SomePod.OutcomeOf(Conclusion.Failed, isReported: true, isRemoval);
        var pod = SomePod.New("Running").OnNode().BeingDeleted(SomePod.Started.AddSeconds(60)).Ended(0, message: outcome);
        pod = disruption is null ? pod : pod.Disrupted(disruption, "Eviction API: evicting");

        var end = Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(pod))).End;

        Assert.Equal((Conclusion.Failed, reason), (end.Outcome?.Conclusion, end.Failure));
    }

    [Fact]
    public void Kubelet_that_backs_off_is_told_with_what_it_said_before()
    {
        var pulling = SomePod.New().OnNode().Waiting("job", "ErrImagePull", "401 Unauthorized");
        var backingOff = SomePod.New().OnNode().Waiting("job", "ImagePullBackOff", "Back-off pulling image");
        var since = new DateTimeOffset(SomePod.Started);

        var obstacle = StartObstacle.First(backingOff)?.MoreTelling(StartObstacle.First(pulling));
        var verdict = Judge.Judge(new PodSighting { Pod = backingOff, Now = since.AddMinutes(30), StartFailingSince = since, Obstacle = obstacle });

        Assert.Equal(
            "The job's image, 'debian:12', could not be pulled from docker.io (ImagePullBackOff, tried for 30 min): 401 Unauthorized",
            Assert.IsType<PodVerdict.Over>(verdict).End.Message);
        Assert.Equal("Back-off pulling image", StartObstacle.First(backingOff)?.MoreTelling(earlier: null).Detail);
    }

    [Fact]
    public void Worker_that_runs_is_told_with_its_times()
    {
        var running = Assert.IsType<PodVerdict.Running>(Judge.Judge(Sighting(SomePod.New("Running").OnNode().Running())));

        Assert.Equal(SomePod.Started, running.Times.ContainersStarted);
        Assert.Null(running.JudgeAgainAt);
    }

    [Theory]
    [InlineData("PodInitializing")]
    [InlineData("ContainerCreating")]
    public void Pod_on_its_way_has_until_the_start_deadline(string reason)
    {
        var pod = SomePod.New().OnNode().Waiting("job", reason);

        var waiting = Assert.IsType<PodVerdict.Waiting>(Judge.Judge(Sighting(pod)));
        var late = Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(pod, after: TimeSpan.FromMinutes(31)))).End;

        Assert.Equal(SomePod.Scheduled.AddMinutes(30), waiting.JudgeAgainAt);
        Assert.Equal((FailureReason.ContainerStart, "The pod's containers did not start within 30 min on node 'node-1'"), (late.Failure, late.Message));
    }

    [Fact]
    public void Pod_without_a_node_has_until_the_scheduling_deadline()
    {
        var pod = SomePod.New(memoryLimit: "4Gi").Unscheduled("0/3 nodes are available: 3 Insufficient memory.");
        pod.Spec.NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" };

        var waiting = Assert.IsType<PodVerdict.Waiting>(Judge.Judge(Sighting(pod)));
        var late = Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(pod, after: TimeSpan.FromMinutes(15)))).End;

        Assert.Equal(SomePod.Created.AddMinutes(15), waiting.JudgeAgainAt);
        Assert.Equal(FailureReason.Unschedulable, late.Failure);
        Assert.Equal(
            "No node took the job's pod within 15 min: 0/3 nodes are available: 3 Insufficient memory. The job asks for: node disk=ssd, memory 4Gi.",
            late.Message);
    }

    [Fact]
    public void Image_that_cannot_be_pulled_is_tried_for_the_grace()
    {
        var pod = SomePod.New().OnNode().Waiting("job", "ErrImagePull", "manifest unknown");
        var since = new DateTimeOffset(SomePod.Created.AddMinutes(3));

        var first = Assert.IsType<PodVerdict.Waiting>(Judge.Judge(Sighting(pod, after: TimeSpan.FromMinutes(3))));
        var again = Assert.IsType<PodVerdict.Waiting>(Judge.Judge(Sighting(pod, after: TimeSpan.FromSeconds(200), failingSince: since)));
        var late = Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(pod, after: TimeSpan.FromSeconds(210), failingSince: since))).End;

        Assert.True(first.IsStartFailing);
        Assert.Equal(since.AddSeconds(30), again.JudgeAgainAt);
        Assert.Equal(FailureReason.ImagePull, late.Failure);
        Assert.Equal("The job's image, 'debian:12', could not be pulled from docker.io (ErrImagePull, tried for 30 s): manifest unknown", late.Message);
        Assert.False(late.WorkerStarted);
    }

    [Fact]
    public void Image_of_the_set_up_is_told_from_that_of_the_job()
    {
        var pod = SomePod.New().OnNode().Waiting("setup", "ImagePullBackOff", "Back-off pulling image");

        var end = Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(pod, after: TimeSpan.FromMinutes(2), failingSince: SomePod.Created))).End;

        Assert.Equal(
            "The image of container 'setup', 'registry.example:5000/runner:1', could not be pulled from registry.example:5000 (ImagePullBackOff, tried for 2 min): Back-off pulling image",
            end.Message);
    }

    [Fact]
    public void Container_that_cannot_be_created_is_tried_for_the_grace()
    {
        var pod = SomePod.New().OnNode().Waiting("job", "CreateContainerConfigError", "secret \"x\" not found");

        var end = Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(pod, after: TimeSpan.FromSeconds(40), failingSince: SomePod.Created))).End;

        Assert.Equal(FailureReason.ContainerStart, end.Failure);
        Assert.Equal("Container 'job' could not be created (CreateContainerConfigError, tried for 40 s): secret \"x\" not found", end.Message);
    }

    [Fact]
    public void Pod_that_does_not_end_after_its_deletion_lost_its_node()
    {
        var pod = SomePod.New("Running").OnNode().Running().BeingDeleted(SomePod.Created.AddMinutes(10));

        var running = Assert.IsType<PodVerdict.Running>(Judge.Judge(Sighting(pod, after: TimeSpan.FromMinutes(10.5))));
        var late = Assert.IsType<PodVerdict.Over>(Judge.Judge(Sighting(pod, after: TimeSpan.FromMinutes(13.1)))).End;

        Assert.Equal(SomePod.Created.AddMinutes(13), running.JudgeAgainAt);
        Assert.Equal((FailureReason.NodeLost, true), (late.Failure, late.WorkerStarted));
    }

    [Theory]
    [InlineData("debian:12", "docker.io")]
    [InlineData("library/debian", "docker.io")]
    [InlineData("ghcr.io/a/b", "ghcr.io")]
    [InlineData("localhost/a", "localhost")]
    [InlineData("registry:5000/a:1", "registry:5000")]
    public void Registry_of_an_image_is_named(string image, string registry) => Assert.Equal(registry, PodMessages.RegistryOf(image));

    private static PodSighting Sighting(V1Pod pod, bool isGone = false, TimeSpan? after = null, DateTimeOffset? failingSince = null) => new()
    {
        Pod = pod,
        IsGone = isGone,
        Now = new DateTimeOffset(SomePod.Created) + (after ?? TimeSpan.FromSeconds(10)),
        StartFailingSince = failingSince,
    };
}
