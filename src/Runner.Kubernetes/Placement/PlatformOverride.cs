using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Placement;

/// <summary>Reads the CLI's <c>-P label=image</c> and <c>-P label=k8s:image[:key=value[,key=value…]]</c>.</summary>
public static class PlatformOverride
{
    private const string Scheme = "k8s:";

    /// <summary>
    /// The label with its platform. An image may itself hold a <c>:tag</c> and a <c>@digest</c>: the node selector is the last
    /// <c>:</c>-part with a <c>=</c>.
    /// </summary>
    /// <exception cref="FormatException">It is none; the message shows one.</exception>
    public static (string Label, PlatformOptions Platform) Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('=', 2);
        if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
        {
            throw new FormatException(
                $"-P '{text}': expected label=image or label=k8s:image:key=value, such as ubuntu-latest=k8s:debian:12:disk=ssd");
        }

        if (!parts[1].StartsWith(Scheme, StringComparison.Ordinal))
        {
            return (parts[0], new PlatformOptions { Image = parts[1] });
        }

        var rest = parts[1][Scheme.Length..];
        var colon = rest.LastIndexOf(':');
        if (colon < 0 || !rest[colon..].Contains('=', StringComparison.Ordinal))
        {
            return (parts[0], new PlatformOptions { Image = rest });
        }

        var selector = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in rest[(colon + 1)..].Split(','))
        {
            if (!LabelRules.TrySplit(pair, out var key, out var value))
            {
                throw new FormatException($"-P '{text}': '{pair}' is no node label; expected key=value");
            }

            selector[key] = value;
        }

        return (parts[0], new PlatformOptions { Image = rest[..colon], NodeSelector = selector });
    }
}
