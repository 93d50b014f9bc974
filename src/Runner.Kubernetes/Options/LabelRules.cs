using System.Text.RegularExpressions;

namespace Runner.Kubernetes.Options;

/// <summary>What Kubernetes takes as a label's key and value (documentation, "Labels and Selectors").</summary>
public static partial class LabelRules
{
    /// <summary>The rule of values, for messages.</summary>
    public const string ValueRule = "at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last";
    /// <summary>The rule of keys, for messages.</summary>
    public const string KeyRule = "a name like that of a value, after an optional DNS name and '/'";

    private const int MaxLength = 63;
    private const int MaxPrefixLength = 253;

    /// <summary>Whether a label may have this value.</summary>
    public static bool IsValue(string text) => text.Length == 0 || (text.Length <= MaxLength && Name().IsMatch(text));

    /// <summary>Whether a label may have this key.</summary>
    public static bool IsKey(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var name = text[(slash + 1)..];
        return name.Length is > 0 and <= MaxLength && Name().IsMatch(name)
            && (slash < 0 || (slash is > 0 and <= MaxPrefixLength && DnsName().IsMatch(text[..slash])));
    }

    /// <summary>Splits <c>key=value</c>; false where either part is none.</summary>
    public static bool TrySplit(string text, out string key, out string value)
    {
        var parts = text.Split('=', 2);
        (key, value) = (parts[0], parts.Length == 2 ? parts[1] : string.Empty);
        return parts.Length == 2 && IsKey(key) && IsValue(value);
    }

    /// <summary>
    /// The nearest text that is a label's value: other characters become <c>-</c>, the rest is cut; empty where nothing is left.
    /// </summary>
    public static string ToValue(string text)
    {
        var value = OtherCharacters().Replace(text, "-").Trim('-', '_', '.');
        return value.Length <= MaxLength ? value : value[..MaxLength].TrimEnd('-', '_', '.');
    }

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$", RegexOptions.CultureInvariant)]
    private static partial Regex DnsName();

    [GeneratedRegex("[^A-Za-z0-9_.-]+", RegexOptions.CultureInvariant)]
    private static partial Regex OtherCharacters();
}
