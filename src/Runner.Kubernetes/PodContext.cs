using Microsoft.Extensions.Logging;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes;

/// <summary>What a handle needs of its backend.</summary>
internal sealed record PodContext(
    JobCluster Cluster, PodJudge Judge, FinishedPods Finished, string Owner, TimeProvider Time, ILogger Logger);
