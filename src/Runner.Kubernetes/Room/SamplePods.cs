using System.Collections.Concurrent;
using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Spec;

namespace Runner.Kubernetes.Room;

/// <summary>The pods that jobs of pools would have which ask for nothing of their own: without services, of the pool's image. Each is made once.</summary>
internal sealed class SamplePods(KubernetesOptions options)
{
    private readonly ConcurrentDictionary<string, V1Pod?> _pods = new(StringComparer.Ordinal);

    /// <summary>The pod of a kind of jobs; <c>null</c>: none can be made, which each job is told.</summary>
    public V1Pod? Of(JobKind kind) => _pods.GetOrAdd(kind.Pool, _ => Make(kind));

    private V1Pod? Make(JobKind kind)
    {
        try
        {
            return new PodSpecBuilder(options).Build(
                SampleLaunches.Of(kind.Pool, hasActions: false), PlacementRules.Place(kind.Labels, kind.Platform, options), ClusterFeatures.Of(string.Empty), owner: "nobody", []);
        }
        catch (WorkflowException)
        {
            return null;
        }
    }
}
