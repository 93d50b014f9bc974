using k8s.Models;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;

namespace Runner.Kubernetes.Spec;

/// <summary>Requests and limits of a pod's containers. Pure.</summary>
/// <remarks>
/// A pod is Guaranteed, and so the last to be evicted, if each of its containers has the same request and limit for CPU and memory. One that asks for that
/// for its job does not lose it to a service: that gets limits, too.
/// </remarks>
internal static class PodResources
{
    private static readonly string[] OfSetUp = [NodeLabels.Cpu, NodeLabels.Memory, NodeLabels.Storage];
    private static readonly Dictionary<string, string> GuaranteedService = new() { [NodeLabels.Cpu] = "1", [NodeLabels.Memory] = "1Gi" };

    /// <summary>Requirements, or <c>null</c>: nothing is said.</summary>
    public static V1ResourceRequirements? Of(IEnumerable<KeyValuePair<string, string>> requests, IEnumerable<KeyValuePair<string, string>> limits)
    {
        var (least, most) = (Quantities(requests), Quantities(limits));
        return least is null && most is null ? null : new V1ResourceRequirements { Requests = least, Limits = most };
    }

    /// <summary>The set-up container's: those of the settings, else the job's, so that the pod's request and its class stay those of the job.</summary>
    public static V1ResourceRequirements? OfSetup(KubernetesOptions options, PodPlacement placement) =>
        Of(options.SetupResources.Requests, options.SetupResources.Limits)
        ?? Of(placement.Requests.Where(request => OfSetUp.Contains(request.Key)), placement.Limits.Where(limit => OfSetUp.Contains(limit.Key)));

    /// <summary>A service's, before what its own options say.</summary>
    public static V1ResourceRequirements? OfService(KubernetesOptions options, bool isGuaranteed)
    {
        var limits = new Dictionary<string, string>(options.ServiceResources.Limits);
        foreach (var (resource, limit) in isGuaranteed ? GuaranteedService : [])
        {
            limits.TryAdd(resource, limit);
        }

        return Of(options.ServiceResources.Requests, limits);
    }

    /// <summary>Whether a container has what makes a pod Guaranteed. A limit without a request is a request, too.</summary>
    public static bool AreGuaranteed(V1Container container) => new[] { NodeLabels.Cpu, NodeLabels.Memory }.All(
        resource => Find(container.Resources?.Limits, resource) is { } limit && (Find(container.Resources?.Requests, resource) ?? limit) == limit);

    /// <summary>
    /// Brings requests within the limits, which a workflow may have set lower than the settings do; in a Guaranteed pod to the limits. The API server takes
    /// no container that asks for more than it may use.
    /// </summary>
    public static void Settle(V1Container container, bool isGuaranteed)
    {
        if (container.Resources is not { Limits: { Count: > 0 } limits } resources)
        {
            return;
        }

        var requests = new Dictionary<string, ResourceQuantity>(resources.Requests ?? new Dictionary<string, ResourceQuantity>(), StringComparer.Ordinal);
        foreach (var (resource, limit) in limits)
        {
            var isGuaranteedByIt = isGuaranteed && resource is NodeLabels.Cpu or NodeLabels.Memory;
            if (Find(requests, resource) is { } request && (isGuaranteedByIt || request > Find(limits, resource)))
            {
                requests[resource] = limit;
            }
        }

        container.Resources = resources with { Requests = requests.Count == 0 ? null : requests };
    }

    private static decimal? Find(IDictionary<string, ResourceQuantity>? quantities, string resource) =>
        quantities is not null && quantities.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : null;

    private static Dictionary<string, ResourceQuantity>? Quantities(IEnumerable<KeyValuePair<string, string>> values)
    {
        var quantities = values.ToDictionary(value => value.Key, value => new ResourceQuantity(value.Value), StringComparer.Ordinal);
        return quantities.Count == 0 ? null : quantities;
    }
}
