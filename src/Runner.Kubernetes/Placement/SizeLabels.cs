using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Placement;

/// <summary>What a label asks for an amount or a choice of: two labels of one kind stand for each other.</summary>
internal enum SizeKind
{
    Cpu,
    Memory,
    Gpu,
    Disk,
    Arch,
    Os,
}

/// <summary>Reads labels by the kind of what they ask for (<c>docs/placement.md</c>, rule 3). Pure.</summary>
internal static partial class SizeLabels
{
    /// <summary>Architectures as GitHub and Kubernetes call them.</summary>
    public static ImmutableArray<string> Architectures { get; } = ["x64", "amd64", "arm64", "arm"];

    private static readonly Dictionary<string, SizeKind> Keys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cpu"] = SizeKind.Cpu,
        ["memory"] = SizeKind.Memory,
        ["mem"] = SizeKind.Memory,
        ["gpu"] = SizeKind.Gpu,
        ["disk"] = SizeKind.Disk,
        [NodeLabels.Storage] = SizeKind.Disk,
    };

    /// <summary>The kind, or <c>null</c>: the label asks for none of these.</summary>
    public static SizeKind? KindOf(string label) => label.ToLowerInvariant() switch
    {
        "linux" or "windows" => SizeKind.Os,
        var name when Architectures.Contains(name) => SizeKind.Arch,
        var name when Cores().IsMatch(name) => SizeKind.Cpu,
        var name => Keys.TryGetValue(name.Split('=', 2)[0], out var kind) && (kind == SizeKind.Gpu || name.Contains('=', StringComparison.Ordinal)) ? kind : null,
    };

    /// <summary>How much of its kind a label asks for; <c>null</c>: it says no amount, or none that can be read, or names a model.</summary>
    public static decimal? AmountOf(string label) => KindOf(label) switch
    {
        SizeKind.Cpu when Cores().Match(label) is { Success: true } cores => Amount(SizeKind.Cpu, cores.Groups["n"].Value),
        SizeKind.Cpu or SizeKind.Memory or SizeKind.Disk or SizeKind.Gpu => label.Split('=', 2) is [_, var text] ? Amount(KindOf(label) ?? default, text) : 1,
        _ => null,
    };

    /// <summary>Reads an amount as labels write it.</summary>
    public static decimal? Amount(SizeKind kind, string text) => kind switch
    {
        SizeKind.Cpu => Quantity.TryParse(text, out var cores) && cores > 0 ? cores : null,
        SizeKind.Gpu => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null,
        _ => Quantity.TryParseMemory(text, out var quantity) && Quantity.TryParse(quantity, out var bytes) ? bytes : null,
    };

    [GeneratedRegex("^(?<n>[0-9]+)-?cpu$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Cores();
}
