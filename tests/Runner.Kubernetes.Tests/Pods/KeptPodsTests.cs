using k8s.Models;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes.Tests.Pods;

/// <summary>Which pods stay for a look.</summary>
public sealed class KeptPodsTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 1, 3600, "s1 f1")]
    [InlineData(2, 0, 3600, "s1 s2")]
    [InlineData(9, 9, 3600, "s1 s2 f1 f2")]
    [InlineData(9, 9, 900, "s1 f1")]
    [InlineData(0, 0, 3600, "")]
    public void Last_ones_of_each_kind_stay_for_their_time(int succeeded, int failed, int ttl, string kept)
    {
        var policy = new CleanupOptions { SuccessfulJobsHistoryLimit = succeeded, FailedJobsHistoryLimit = failed, TtlSecondsAfterFinished = ttl };
        V1Pod[] pods = [Pod("s2", PodLabels.Succeeded, 20), Pod("f2", PodLabels.Failed, 20), Pod("s1", PodLabels.Succeeded, 10), Pod("f1", PodLabels.Failed, 10), Pod("s3", PodLabels.Succeeded, 70), Pod("f3", PodLabels.Failed, 70)];

        var surplus = KeptPods.Surplus(pods, policy, Now).Select(pod => pod.Metadata.Name).ToHashSet();

        Assert.Equal(kept.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), pods.Select(pod => pod.Metadata.Name).Where(name => !surplus.Contains(name)).Order());
    }

    private static V1Pod Pod(string name, string ended, int minutesAgo) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { [PodLabels.Finished] = ended }, CreationTimestamp = Now.UtcDateTime.AddHours(-3) },
        Status = new V1PodStatus
        {
            ContainerStatuses =
            [
                new V1ContainerStatus { Name = ContainerNames.Job, State = new V1ContainerState { Terminated = new V1ContainerStateTerminated { FinishedAt = Now.UtcDateTime.AddMinutes(-minutesAgo) } } },
            ],
        },
    };
}
