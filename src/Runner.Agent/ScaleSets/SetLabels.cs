using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Runner.Agent.ScaleSets;

/// <summary>Labels of a scale set. GitHub gives its runners none by itself, so that <c>runs-on: [self-hosted, linux, x64]</c> reaches none unless the set says them. Pure.</summary>
internal static class SetLabels
{
    private static readonly string[] Systems = ["linux", "windows", "macos"];
    private static readonly string[] Architectures = ["x64", "x86", "arm64", "arm", "amd64"];

    /// <summary>The labels of a pool's set: its name, by which jobs may ask for the pool, its own, and those that a runner has by itself.</summary>
    /// <param name="pool">Name of the pool.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="architecture">That of this machine, where the labels name none.</param>
    public static ImmutableArray<string> Of(string pool, ImmutableArray<string> labels, Architecture architecture)
    {
        string[] system = Has(labels, Systems) ? [] : ["Linux"];
        string[] machine = Has(labels, Architectures) ? [] : [architecture.ToString().ToUpperInvariant()];
        return [.. new[] { pool }.Concat(labels).Append("self-hosted").Concat(system).Concat(machine).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>What is different about the labels that a set has, or <c>null</c>: nothing.</summary>
    public static string? Differences(ImmutableArray<string> wanted, IEnumerable<string> present)
    {
        var there = present.ToHashSet(StringComparer.OrdinalIgnoreCase);
        string?[] parts = [Part("missing", wanted.Where(label => !there.Contains(label))), Part("not asked for", there.Except(wanted, StringComparer.OrdinalIgnoreCase))];
        return parts.OfType<string>().ToList() is { Count: > 0 } told ? string.Join("; ", told) : null;
    }

    private static bool Has(ImmutableArray<string> labels, string[] known) => labels.Any(label => known.Contains(label, StringComparer.OrdinalIgnoreCase));

    private static string? Part(string what, IEnumerable<string> labels) =>
        labels.Order(StringComparer.OrdinalIgnoreCase).ToList() is { Count: > 0 } list ? $"{what} {string.Join(", ", list)}" : null;
}
