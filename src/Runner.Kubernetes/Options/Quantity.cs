using System.Globalization;
using System.Text.RegularExpressions;

namespace Runner.Kubernetes.Options;

/// <summary>Resource quantities as Kubernetes writes them (API reference, "Quantity"), and the shorter forms that labels allow.</summary>
public static partial class Quantity
{
    /// <summary>How one is written.</summary>
    public const string Form = "^(?<number>[0-9]{1,15}(\\.[0-9]{1,9})?)(?<suffix>m|k|M|G|T|Ki|Mi|Gi|Ti|)$";

    private static readonly Dictionary<string, decimal> Factors = new(StringComparer.Ordinal)
    {
        [""] = 1m,
        ["m"] = 0.001m,
        ["k"] = 1e3m,
        ["M"] = 1e6m,
        ["G"] = 1e9m,
        ["T"] = 1e12m,
        ["Ki"] = 1024m,
        ["Mi"] = 1024m * 1024,
        ["Gi"] = 1024m * 1024 * 1024,
        ["Ti"] = 1024m * 1024 * 1024 * 1024,
    };

    /// <summary>The value in whole units (cores, bytes), or false where the text is no quantity. Negative ones are none.</summary>
    public static bool TryParse(string text, out decimal value)
    {
        value = 0;
        var match = Pattern().Match(text);
        if (!match.Success)
        {
            return false;
        }

        var number = decimal.Parse(match.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        value = number * Factors[match.Groups["suffix"].Value];
        return true;
    }

    /// <summary>
    /// A memory size of a label in Kubernetes' form. People write <c>mem=16g</c> and mean gibibytes, as Docker does; to Kubernetes a
    /// small <c>m</c> would be a thousandth of a byte.
    /// </summary>
    public static bool TryParseMemory(string text, out string quantity)
    {
        quantity = ShortMemory().Match(text) is { Success: true } match
            ? match.Groups["number"].Value + match.Groups["unit"].Value.ToUpperInvariant() + "i"
            : text;
        return TryParse(quantity, out var bytes) && bytes >= 1;
    }

    /// <summary>A quantity that fits a resource, for an error's text.</summary>
    public static string Example(string resource) => resource switch
    {
        "cpu" => "2 or 500m",
        "memory" => "4Gi",
        "ephemeral-storage" => "20Gi",
        _ => "1",
    };

    [GeneratedRegex(Form, RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    [GeneratedRegex("^(?<number>[0-9]{1,15}(\\.[0-9]{1,9})?)(?<unit>[kmgt])(b|ib)?$", RegexOptions.CultureInvariant)]
    private static partial Regex ShortMemory();
}
