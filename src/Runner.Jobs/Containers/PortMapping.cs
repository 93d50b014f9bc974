using System.Globalization;
using System.Text.Json.Serialization;
using Runner.Jobs.Errors;

namespace Runner.Jobs.Containers;

/// <summary>A port of a container and where it is reached from outside.</summary>
/// <param name="ContainerPort">Port in the container.</param>
/// <param name="HostPort">Port outside; <c>null</c>: any that is free.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
public sealed record PortMapping(int ContainerPort, int? HostPort, string Protocol)
{
    /// <summary>The port outside: the container's own where the workflow leaves it open.</summary>
    [JsonIgnore]
    public int ReachedAt => HostPort ?? ContainerPort;

    /// <summary>
    /// Reads <c>[[address:]host:]container[/protocol]</c>. An address is read and dropped: what a job publishes is reached by the job only.
    /// Ranges (<c>8000-8002:80-82</c>) give one mapping a port.
    /// </summary>
    /// <param name="text">As in the workflow.</param>
    /// <param name="where">The key, for messages: <c>services.redis.ports</c>.</param>
    /// <exception cref="WorkflowException">It is no such text.</exception>
    public static IEnumerable<PortMapping> Parse(string text, string where)
    {
        ArgumentNullException.ThrowIfNull(text);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var protocol = slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant();
        var parts = (slash < 0 ? text : text[..slash]).Split(':');
        if (protocol is not ("tcp" or "udp" or "sctp"))
        {
            throw Wrong(text, where, $"the protocol must be tcp, udp or sctp, not '{protocol}'");
        }

        // An IPv6 address has colons of its own: the ports are the last two parts in any case.
        var container = ParseRange(parts[^1], text, where);
        if (parts.Length == 1 || parts[^2].Length == 0)
        {
            return container.Select(port => new PortMapping(port, null, protocol));
        }

        var host = ParseRange(parts[^2], text, where);
        return host.Length == container.Length
            ? container.Zip(host, (inside, outside) => new PortMapping(inside, outside == 0 ? null : outside, protocol))
            : throw Wrong(text, where, "the two ranges differ in length");
    }

    /// <summary>As Docker writes it: <c>5433:5432/tcp</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ReachedAt}:{ContainerPort}/{Protocol}");

    private static int[] ParseRange(string text, string whole, string where)
    {
        var ends = text.Trim().Split('-');
        return ends.Length <= 2 && TryPort(ends[0], out var first) && TryPort(ends[^1], out var last) && last >= first
            ? [.. Enumerable.Range(first, last - first + 1)]
            : throw Wrong(whole, where, $"'{text}' is no port");
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue;

    private static WorkflowException Wrong(string text, string where, string why) =>
        new($"{where}: '{text}' cannot be read: {why}; expected [host port:]container port[/tcp|udp], such as 5433:5432");
}
