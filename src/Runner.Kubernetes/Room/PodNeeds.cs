using System.Collections.Immutable;
using k8s.Models;

namespace Runner.Kubernetes.Room;

/// <summary>What a job's pod takes of quotas, by the names that these have for it (documentation, "Resource Quotas"). Pure.</summary>
internal static class PodNeeds
{
    /// <summary>The amounts, those of the pod's Secret among them. What a pod does not say is none: the cluster's defaults are not known here.</summary>
    public static ImmutableDictionary<string, decimal> Of(V1Pod pod)
    {
        var needs = ImmutableDictionary.CreateBuilder<string, decimal>(StringComparer.Ordinal);
        foreach (var name in new[] { "pods", "count/pods", "secrets", "count/secrets" })
        {
            needs[name] = 1;
        }

        foreach (var (resource, amount) in Sum(pod, container => Requests(container.Resources)))
        {
            needs[$"requests.{resource}"] = amount;
            if (resource is "cpu" or "memory" or "ephemeral-storage")
            {
                needs[resource] = amount; // the same by its older name
            }
        }

        foreach (var (resource, amount) in Sum(pod, container => container.Resources?.Limits))
        {
            needs[$"limits.{resource}"] = amount;
        }

        return needs.ToImmutable();
    }

    /// <summary>What quotas count less without a pod that has no Secret: amounts below zero.</summary>
    public static ImmutableDictionary<string, decimal> Freed(V1Pod pod) =>
        Of(pod).Where(need => need.Key is not ("secrets" or "count/secrets")).ToImmutableDictionary(need => need.Key, need => -need.Value);

    /// <summary>Whether a node has more of a resource without the pod. What a pod does not ask for of the usual ones it uses all the same.</summary>
    public static bool Has(V1Pod pod, string resource) =>
        resource is "pods" or "cpu" or "memory" or "ephemeral-storage" || Containers(pod).Any(container => Requests(container.Resources)?.ContainsKey(resource) == true);

    /// <summary>Whether none of the pod's containers asks for anything, so that quotas count it as <c>BestEffort</c>.</summary>
    public static bool IsBestEffort(V1Pod pod) => Containers(pod).All(container =>
        container.Resources is not { } resources || (resources.Requests is not { Count: > 0 } && resources.Limits is not { Count: > 0 }));

    private static IEnumerable<V1Container> Containers(V1Pod pod) => [.. pod.Spec.InitContainers ?? [], .. pod.Spec.Containers];

    // A limit without a request is a request too.
    private static Dictionary<string, ResourceQuantity>? Requests(V1ResourceRequirements? resources)
    {
        if (resources is null)
        {
            return null;
        }

        var requests = new Dictionary<string, ResourceQuantity>(resources.Limits ?? new Dictionary<string, ResourceQuantity>(), StringComparer.Ordinal);
        foreach (var (resource, request) in resources.Requests ?? new Dictionary<string, ResourceQuantity>())
        {
            requests[resource] = request;
        }

        return requests;
    }

    // Containers that run together add up; one that runs before them counts where it takes more than they. A sidecar runs with all that come after it.
    private static Dictionary<string, decimal> Sum(V1Pod pod, Func<V1Container, IDictionary<string, ResourceQuantity>?> amounts)
    {
        var together = new Dictionary<string, decimal>(StringComparer.Ordinal);
        var most = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var container in Containers(pod))
        {
            var isBefore = pod.Spec.InitContainers?.Contains(container) == true && container.RestartPolicy != "Always";
            foreach (var (resource, quantity) in amounts(container) ?? new Dictionary<string, ResourceQuantity>())
            {
                var sum = together.GetValueOrDefault(resource) + quantity.ToDecimal();
                most[resource] = Math.Max(most.GetValueOrDefault(resource), sum);
                if (!isBefore)
                {
                    together[resource] = sum;
                }
            }
        }

        return most;
    }
}
