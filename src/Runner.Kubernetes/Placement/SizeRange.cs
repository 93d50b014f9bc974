using System.Collections.Immutable;
using System.Globalization;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Placement;

/// <summary>The sizes of one resource that a pool offers: the texts of its labels, and their bounds. Pure.</summary>
/// <param name="Texts">The sizes as labels write them, the smallest first where they are of a range.</param>
/// <param name="Min">The smallest amount.</param>
/// <param name="Max">The largest amount.</param>
internal sealed record SizeRange(ImmutableArray<string> Texts, decimal Min, decimal Max)
{
    /// <summary>More sizes are never made, whatever a range says.</summary>
    public const int Most = 200;

    private static readonly string[] Binary = ["Ti", "Gi", "Mi", "Ki", ""];
    private static readonly string[] Decimal = ["T", "G", "M", "k", ""];
    private static readonly string[] Processors = ["", "m"];

    /// <summary>Reads settings; where they say no sizes, <c>null</c> and what is wrong.</summary>
    public static SizeRange? Read(SizeKind kind, SizeOptions options, out string? problem)
    {
        var isRange = options.Min is not null || options.Max is not null || options.Step is not null;
        problem = (options.Values.Count > 0, isRange) switch
        {
            (true, true) => "has both values and a range, expected one of them",
            (false, false) => $"names no size, expected a list such as [{Example(kind)}] or min and max",
            (false, true) when options.Min is null || options.Max is null => $"has no {(options.Min is null ? "min" : "max")}, which a range needs",
            _ => null,
        };
        return problem is not null ? null : isRange ? OfRange(kind, options, out problem) : OfList(kind, options.Values, out problem);
    }

    private static SizeRange? OfList(SizeKind kind, IList<string> values, out string? problem)
    {
        // A GPU's model has no amount; how many of it there are is said by its label alone.
        var amounts = values.Select(value => SizeLabels.Amount(kind, value) ?? (kind == SizeKind.Gpu && IsModel(value) ? 1 : null)).ToList();
        var unread = amounts.IndexOf(null);
        problem = unread < 0 ? null : $"has '{values[unread]}', expected sizes such as {Example(kind)}";
        return unread < 0 ? new SizeRange([.. values.Distinct(StringComparer.OrdinalIgnoreCase)], amounts.Min() ?? 0, amounts.Max() ?? 0) : null;
    }

    private static SizeRange? OfRange(SizeKind kind, SizeOptions options, out string? problem)
    {
        (string Name, string? Text)[] written = [("min", options.Min), ("max", options.Max), ("step", options.Step)];
        problem = written.Where(bound => bound.Text is { } text && SizeLabels.Amount(kind, text) is null)
            .Select(bound => $"has {bound.Name} '{bound.Text}', expected a size such as {Example(kind)}").FirstOrDefault();
        if (problem is not null || options is not { Min: { } min, Max: { } max })
        {
            return null;
        }

        var (least, most) = (SizeLabels.Amount(kind, min) ?? 0, SizeLabels.Amount(kind, max) ?? 0);
        if (least > most)
        {
            problem = $"has min {min}, which is more than max {max}";
            return null;
        }

        var between = options.Step is { } step ? Steps(least, most, SizeLabels.Amount(kind, step) ?? 0) : Doublings(least, most);
        var suffixes = Suffixes(kind, max);
        return new SizeRange(
            [.. between.Take(Most).Select(amount => Write(amount, suffixes)).OfType<string>().Prepend(min).Append(max).Distinct(StringComparer.OrdinalIgnoreCase)],
            least,
            most);
    }

    // What lies between the bounds, which are sizes themselves.
    private static IEnumerable<decimal> Steps(decimal least, decimal most, decimal step)
    {
        for (var amount = least + step; amount < most; amount += step)
        {
            yield return amount;
        }
    }

    private static IEnumerable<decimal> Doublings(decimal least, decimal most)
    {
        for (var amount = least * 2; amount < most; amount *= 2)
        {
            yield return amount;
        }
    }

    // Gibibytes where the largest size is one of gibibytes.
    private static string[] Suffixes(SizeKind kind, string max) => kind switch
    {
        SizeKind.Cpu => Processors,
        SizeKind.Gpu => [""],
        _ => Array.Exists(Decimal, suffix => suffix.Length > 0 && Normal(kind, max).EndsWith(suffix, StringComparison.Ordinal)) ? Decimal : Binary,
    };

    private static string Normal(SizeKind kind, string text) =>
        kind is SizeKind.Memory or SizeKind.Disk && Quantity.TryParseMemory(text, out var quantity) ? quantity : text;

    // With the largest unit of which it is a whole number; one that is none of the smallest is left out.
    private static string? Write(decimal amount, string[] suffixes) => suffixes
        .Where(suffix => amount / Factor(suffix) % 1 == 0)
        .Select(suffix => string.Create(CultureInfo.InvariantCulture, $"{amount / Factor(suffix):0}{suffix}"))
        .FirstOrDefault();

    private static decimal Factor(string suffix) => Quantity.TryParse("1" + suffix, out var factor) ? factor : 1;

    private static bool IsModel(string value) => value.Length > 0 && !char.IsAsciiDigit(value[0]);

    private static string Example(SizeKind kind) => kind switch
    {
        SizeKind.Cpu => "500m, 2",
        SizeKind.Gpu => "1, 2",
        SizeKind.Memory => "512Mi, 4Gi",
        _ => "20Gi, 100Gi",
    };
}
