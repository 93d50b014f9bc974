using System.Text;
using k8s.Models;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Naming;
using Secret = Runner.Jobs.Secrets.Secret;

namespace Runner.Kubernetes.Tests.Pods;

/// <summary>Pods in the states that kubelets and controllers give them; each state as it was seen on a cluster or stands in the kubelet's source.</summary>
internal static class SomePod
{
    public static readonly DateTime Created = new(2026, 5, 4, 10, 0, 0, DateTimeKind.Utc);
    public static readonly DateTime Scheduled = Created.AddSeconds(2);
    public static readonly DateTime Started = Created.AddSeconds(5);

    private static readonly Secret OutcomeKey = OutcomeProof.NewKey();

    /// <summary>The termination message of a worker that ran in such a pod.</summary>
    public static string OutcomeOf(Conclusion conclusion, bool isReported, bool isRemoval = false) => Encoding.UTF8.GetString(
        new WorkerOutcome { Conclusion = conclusion, IsReported = isReported, IsRemoval = isRemoval, FirstStep = Started.AddSeconds(1) }.Prove(OutcomeKey).ToJson());

    public static V1Pod New(string phase = "Pending", string? memoryLimit = null) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "act-job-x",
            NamespaceProperty = "ci",
            Uid = "u1",
            ResourceVersion = "1",
            CreationTimestamp = Created,
            Annotations = new Dictionary<string, string>
            {
                [PodLabels.MessageSeen] = "2026-05-04T09:59:59.5000000+00:00",
                [PodLabels.OutcomeChecks] = OutcomeProof.ChecksOf(OutcomeKey),
            },
        },
        Spec = new V1PodSpec
        {
            InitContainers = [new V1Container { Name = "setup", Image = "registry.example:5000/runner:1" }],
            Containers =
            [
                new V1Container
                {
                    Name = "job",
                    Image = "debian:12",
                    Resources = memoryLimit is null ? null : new V1ResourceRequirements
                    {
                        Requests = new Dictionary<string, ResourceQuantity> { ["memory"] = new(memoryLimit) },
                        Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new(memoryLimit) },
                    },
                },
            ],
        },
        Status = new V1PodStatus { Phase = phase },
    };

    public static V1Pod Unscheduled(this V1Pod pod, string message)
    {
        pod.Status.Conditions = [new V1PodCondition { Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = message, LastTransitionTime = Created }];
        return pod;
    }

    public static V1Pod OnNode(this V1Pod pod)
    {
        pod.Spec.NodeName = "node-1";
        pod.Status.Conditions = [new V1PodCondition { Type = "PodScheduled", Status = "True", LastTransitionTime = Scheduled }];
        return pod;
    }

    public static V1Pod Waiting(this V1Pod pod, string container, string reason, string? message = null) =>
        pod.With(container, new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = reason, Message = message } });

    public static V1Pod Running(this V1Pod pod) =>
        pod.With("job", new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = Started } });

    public static V1Pod Ended(this V1Pod pod, int exitCode, string? reason = null, string? message = null, string container = "job") =>
        pod.With(container, new V1ContainerState
        {
            Terminated = new V1ContainerStateTerminated { ExitCode = exitCode, Reason = reason, Message = message, StartedAt = Started, FinishedAt = Started.AddSeconds(9) },
        });

    public static V1Pod Before(this V1Pod pod, int exitCode, string reason)
    {
        pod.Status.ContainerStatuses[0].LastState = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = exitCode, Reason = reason } };
        return pod;
    }

    public static V1Pod Because(this V1Pod pod, string reason, string? message)
    {
        (pod.Status.Reason, pod.Status.Message) = (reason, message);
        return pod;
    }

    public static V1Pod Disrupted(this V1Pod pod, string reason, string message)
    {
        pod.Status.Conditions = [.. pod.Status.Conditions ?? [], new V1PodCondition { Type = "DisruptionTarget", Status = "True", Reason = reason, Message = message }];
        return pod;
    }

    public static V1Pod BeingDeleted(this V1Pod pod, DateTime by)
    {
        pod.Metadata.DeletionTimestamp = by;
        return pod;
    }

    /// <summary>With a service.</summary>
    public static V1Pod WithService(this V1Pod pod, string name, V1Probe? probe = null)
    {
        pod.Spec.Containers = [.. pod.Spec.Containers, new V1Container { Name = $"service-{name}", Image = $"{name}:1", StartupProbe = probe }];
        return pod;
    }

    /// <summary>A service runs and has passed its check, of which the kubelet has told half.</summary>
    public static V1Pod Passed(this V1Pod pod, string name)
    {
        pod.Serving(name, isReady: false).Status.ContainerStatuses.Single(status => status.Name == $"service-{name}").Started = true;
        return pod;
    }

    /// <summary>A service runs, ready or not.</summary>
    public static V1Pod Serving(this V1Pod pod, string name, bool isReady) =>
        pod.With($"service-{name}", new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = Started } }, isReady);

    private static V1Pod With(this V1Pod pod, string container, V1ContainerState state, bool isReady = false)
    {
        var status = new V1ContainerStatus { Name = container, Image = "sha256:0", State = state, Ready = isReady };
        if (pod.Spec.Containers.Any(spec => spec.Name == container))
        {
            pod.Status.ContainerStatuses = [.. (pod.Status.ContainerStatuses ?? []).Where(other => other.Name != container), status];
        }
        else
        {
            pod.Status.InitContainerStatuses = [status];
        }

        return pod;
    }
}
