using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Runner.Jobs.Network;

/// <summary>
/// Which addresses are reached without a proxy: the rules of <c>NO_PROXY</c> as curl and Go's programs read it. A name stands for itself and all
/// below it (<c>example.com</c>, <c>.example.com</c>, <c>*.example.com</c>), a network for its addresses (<c>10.0.0.0/8</c>); a port limits an entry to
/// it; <c>*</c> is everything. Pure.
/// </summary>
public static class NoProxyList
{
    private static readonly char[] Separators = [',', ' ', '\t', '\n', '\r', ';'];

    /// <summary>The entries of a text such as the value of <c>NO_PROXY</c>.</summary>
    public static ImmutableArray<string> Split(string? text) =>
        [.. (text ?? string.Empty).Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    /// <summary>Whether an entry of the list is about an address.</summary>
    public static bool Covers(IEnumerable<string> entries, Uri address)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(address);
        var host = address.IdnHost.Trim('[', ']').TrimEnd('.');
        var ip = IPAddress.TryParse(host, out var parsed) ? Plain(parsed) : null;
        return entries.Any(entry => Covers(entry, host, ip, address.Port));
    }

    private static bool Covers(string entry, string host, IPAddress? ip, int port)
    {
        if (entry == "*")
        {
            return true;
        }

        var (name, only) = Parse(entry);
        if (only is { } wanted && wanted != port)
        {
            return false;
        }

        if (IPNetwork.TryParse(name, out var network))
        {
            return ip is not null && network.Contains(ip);
        }

        if (IPAddress.TryParse(name, out var address))
        {
            return ip is not null && ip.Equals(Plain(address));
        }

        var domain = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name.TrimStart('.');
        return domain.Length > 0
            && (host.Equals(domain, StringComparison.OrdinalIgnoreCase)
                || (ip is null && host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase)));
    }

    // "host:port", "[::1]:port", "::1", "10.0.0.0/8"
    private static (string Name, int? Port) Parse(string entry)
    {
        if (entry.StartsWith('['))
        {
            var end = entry.IndexOf(']', StringComparison.Ordinal);
            return end < 0 ? (entry, null) : (entry[1..end], PortOf(entry[(end + 1)..].TrimStart(':')));
        }

        var colon = entry.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && colon == entry.LastIndexOf(':') && PortOf(entry[(colon + 1)..]) is { } port
            ? (entry[..colon].TrimEnd('.'), port)
            : (entry.TrimEnd('.'), null);
    }

    private static int? PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue ? port : null;

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
