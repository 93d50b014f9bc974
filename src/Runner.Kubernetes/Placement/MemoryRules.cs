using System.Collections.Immutable;
using System.Globalization;
using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Placement;

/// <summary>Gives a job more memory than its labels and platform do: one that ran out of it is run again. Pure.</summary>
internal static class MemoryRules
{
    private const decimal Mebibyte = 1024 * 1024;

    /// <summary>The placement with its request and limit of memory grown, in whole mebibytes. What has none stays as it is.</summary>
    public static PodPlacement Raise(PodPlacement placement, MoreMemory? more) => more is null ? placement : placement with
    {
        Requests = Raise(placement.Requests, more),
        Limits = Raise(placement.Limits, more),
    };

    private static ImmutableSortedDictionary<string, string> Raise(ImmutableSortedDictionary<string, string> resources, MoreMemory more)
    {
        if (!resources.TryGetValue(NodeLabels.Memory, out var text))
        {
            return resources;
        }

        var now = new ResourceQuantity(text).ToDecimal();
        var bound = more.Bound is { } written && Quantity.TryParseMemory(written, out var quantity) && Quantity.TryParse(quantity, out var bytes)
            ? bytes
            : decimal.MaxValue;
        var grown = Math.Min(now * (decimal)more.Factor, bound);
        return grown <= now
            ? resources
            : resources.SetItem(NodeLabels.Memory, Math.Floor(grown / Mebibyte).ToString(CultureInfo.InvariantCulture) + "Mi");
    }
}
