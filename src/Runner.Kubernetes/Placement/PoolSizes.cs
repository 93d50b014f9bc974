using System.Collections.Immutable;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Placement;

/// <summary>
/// The sizes of a pool: the labels that they are at GitHub, and which labels place a job that asks for some of them. Pure.
/// </summary>
/// <remarks>
/// What a job asks for goes before what the pool says of the same kind; what it does not ask for is the pool's. The bounds hold for what a job asks for:
/// GitHub may still know labels of yesterday's settings.
/// </remarks>
public sealed class PoolSizes
{
    private readonly ImmutableSortedDictionary<SizeKind, SizeRange> _ranges;
    private readonly ImmutableArray<string> _architectures;

    private PoolSizes(ImmutableSortedDictionary<SizeKind, SizeRange> ranges, ImmutableArray<string> architectures)
    {
        (_ranges, _architectures) = (ranges, architectures);
        Labels = [.. ranges.SelectMany(range => range.Value.Texts.Select(text => $"{KeyOf(range.Key)}={text}")), .. architectures];
    }

    /// <summary>The labels, cpu first.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>The largest of them.</summary>
    public MostResources Most => new(_ranges.GetValueOrDefault(SizeKind.Cpu)?.Max, _ranges.GetValueOrDefault(SizeKind.Memory)?.Max);

    /// <summary>The sizes that the settings say. What they say wrong is left out (<see cref="Check"/>).</summary>
    public static PoolSizes Of(SizesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var ranges = Written(options)
            .Select(written => KeyValuePair.Create(written.Kind, SizeRange.Read(written.Kind, written.Options, out _)))
            .Where(range => range.Value is not null)
            .Select(range => KeyValuePair.Create(range.Key, range.Value!)) // those that are null are out
            .ToImmutableSortedDictionary();
        return new PoolSizes(ranges, [.. options.Arch.Distinct(StringComparer.OrdinalIgnoreCase)]);
    }

    /// <summary>What is wrong with the settings, each with its key.</summary>
    public static IEnumerable<(string Key, string Problem)> Check(SizesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var (kind, written) in Written(options))
        {
            if (SizeRange.Read(kind, written, out var problem) is null && problem is not null)
            {
                yield return (KeyOf(kind), problem);
            }
        }

        foreach (var name in options.Arch.Where(name => !SizeLabels.Architectures.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            yield return ("arch", $"has '{name}', expected {string.Join(", ", SizeLabels.Architectures)}{NearestName.Hint(name, SizeLabels.Architectures)}");
        }

        if (Of(options).Labels.IsEmpty)
        {
            yield return (string.Empty, "says no sizes, expected cpu, memory, gpu, disk or arch");
        }
    }

    /// <summary>The labels that place a job.</summary>
    /// <param name="pool">Name of the pool, for messages.</param>
    /// <param name="own">Labels of the pool that say where its jobs run.</param>
    /// <param name="names">Its other labels.</param>
    /// <param name="asked">Labels that the job asks for; empty: nothing is known of them.</param>
    /// <exception cref="WorkflowException">It asks for what the pool does not give.</exception>
    public ImmutableArray<string> Choose(string pool, IReadOnlyCollection<string> own, IReadOnlyCollection<string> names, IEnumerable<string> asked)
    {
        ArgumentNullException.ThrowIfNull(asked);
        var chosen = asked.Select(label => Find(pool, own, names, label)).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var kinds = chosen.Select(SizeLabels.KindOf).OfType<SizeKind>().ToHashSet();
        var given = own.Where(label => SizeLabels.KindOf(label) is not { } kind || !kinds.Contains(kind)).ToList();
        var hasArchitecture = given.Concat(chosen).Any(label => SizeLabels.KindOf(label) == SizeKind.Arch);
        return [.. given.Concat(chosen).Concat(hasArchitecture ? [] : _architectures.Take(1)).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static IEnumerable<(SizeKind Kind, SizeOptions Options)> Written(SizesOptions options)
    {
        (SizeKind, SizeOptions?)[] all = [(SizeKind.Cpu, options.Cpu), (SizeKind.Memory, options.Memory), (SizeKind.Gpu, options.Gpu), (SizeKind.Disk, options.Disk)];
        foreach (var (kind, sizes) in all)
        {
            if (sizes is not null)
            {
                yield return (kind, sizes);
            }
        }
    }

    private static string KeyOf(SizeKind kind) => kind.ToString().ToLowerInvariant();

    // The label in the pool's own spelling, as GitHub compares without regard to case and 4gi is not 4Gi; null: it is a name.
    private string? Find(string pool, IReadOnlyCollection<string> own, IReadOnlyCollection<string> names, string label)
    {
        if (own.Concat(Labels).FirstOrDefault(known => known.Equals(label, StringComparison.OrdinalIgnoreCase)) is { } present)
        {
            return present;
        }

        if (names.Contains(label, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        if (SizeLabels.KindOf(label) is not { } kind)
        {
            return label.Contains('=', StringComparison.Ordinal) ? throw new WorkflowException($"runs-on: pool '{pool}' has no label '{label}'") : null;
        }

        if (kind is SizeKind.Arch or SizeKind.Os)
        {
            return null; // one that the agent registers by itself
        }

        if (!_ranges.TryGetValue(kind, out var range))
        {
            throw new WorkflowException($"runs-on: pool '{pool}' has no sizes of {KeyOf(kind)}, so '{label}' cannot be asked for");
        }

        return SizeLabels.AmountOf(label) is { } amount && amount >= range.Min && amount <= range.Max
            ? label
            : throw new WorkflowException($"runs-on: '{label}' is not within the bounds of pool '{pool}': {KeyOf(kind)} {Bounds(kind, range)}");
    }

    private static string Bounds(SizeKind kind, SizeRange range)
    {
        var texts = range.Texts.OrderBy(text => SizeLabels.Amount(kind, text) ?? 0).ToList();
        return texts.Count == 1 || kind == SizeKind.Gpu ? string.Join(", ", range.Texts) : $"{texts[0]} to {texts[^1]}"; // models are no amounts
    }
}
