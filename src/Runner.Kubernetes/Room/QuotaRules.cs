using System.Collections.Immutable;
using System.Globalization;
using k8s.Models;
using Runner.Backends;

namespace Runner.Kubernetes.Room;

/// <summary>How many more pods like one the quotas of its namespace have room for. Pure.</summary>
internal static class QuotaRules
{
    /// <summary>The room.</summary>
    /// <param name="quotas">The quotas, with their status.</param>
    /// <param name="pod">A pod as it would be made.</param>
    /// <param name="uncounted">What pods take that the status does not count yet.</param>
    public static JobRoom RoomFor(IEnumerable<V1ResourceQuota> quotas, V1Pod pod, IReadOnlyCollection<ImmutableDictionary<string, decimal>> uncounted)
    {
        var needs = PodNeeds.Of(pod);
        var room = JobRoom.Unlimited;
        foreach (var quota in quotas.Where(quota => Counts(quota.Spec, pod)))
        {
            foreach (var (resource, hard) in quota.Status?.Hard ?? quota.Spec?.Hard ?? new Dictionary<string, ResourceQuantity>())
            {
                if (needs.GetValueOrDefault(resource) is not (> 0 and var need))
                {
                    continue;
                }

                var used = Find(quota.Status?.Used, resource) + uncounted.Sum(other => other.GetValueOrDefault(resource));
                var places = (int)Math.Clamp(Math.Floor((hard.ToDecimal() - used) / need), 0, int.MaxValue);
                if (room.Places is null || places < room.Places)
                {
                    room = new JobRoom(places, RoomLimit.Quota, string.Create(
                        CultureInfo.InvariantCulture, $"quota {quota.Metadata.Name}: {resource} {used:0.###} of {hard} used, a pod takes {need:0.###}"));
                }
            }
        }

        return room;
    }

    private static decimal Find(IDictionary<string, ResourceQuantity>? amounts, string resource) =>
        amounts is not null && amounts.TryGetValue(resource, out var amount) ? amount.ToDecimal() : 0;

    /// <summary>Whether a quota counts the pod at all. Scopes that are not known here count nothing: the API server has the last word.</summary>
    private static bool Counts(V1ResourceQuotaSpec? spec, V1Pod pod) =>
        (spec?.Scopes ?? []).All(scope => IsIn(scope, "Exists", [], pod))
        && (spec?.ScopeSelector?.MatchExpressions ?? []).All(scope => IsIn(scope.ScopeName, scope.OperatorProperty, scope.Values ?? [], pod));

    private static bool IsIn(string scope, string condition, IList<string> values, V1Pod pod) => scope switch
    {
        "Terminating" => pod.Spec.ActiveDeadlineSeconds is not null,
        "NotTerminating" => pod.Spec.ActiveDeadlineSeconds is null,
        "BestEffort" => PodNeeds.IsBestEffort(pod),
        "NotBestEffort" => !PodNeeds.IsBestEffort(pod),
        "PriorityClass" => condition switch
        {
            "In" => pod.Spec.PriorityClassName is { } name && values.Contains(name),
            "NotIn" => pod.Spec.PriorityClassName is not { } name || !values.Contains(name),
            "Exists" => pod.Spec.PriorityClassName is not null,
            _ => pod.Spec.PriorityClassName is null,
        },
        _ => false,
    };
}
