using System.Net;

namespace Runner.Agent.Configuration;

/// <summary>Section <c>agent.page</c>: a page that shows what the agent does, and the same as JSON for <c>runner status</c>, <c>jobs</c> and <c>logs</c>. Read-only.</summary>
public sealed record PageOptions
{
    /// <summary>Whether it is served. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Address and port to listen on; port 0: any free one. One that other machines can reach needs a token. Default <c>127.0.0.1:8081</c>, which in a pod
    /// is reached by <c>kubectl port-forward</c>; where that is taken, the agent says so and runs without a page.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>File of a token (at least 16 characters) that whoever looks has to give: a browser as the password of any user, a program as a bearer token.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Name of an environment variable of the agent that holds the token.</summary>
    public string? TokenVariable { get; set; }

    /// <summary>Where programs of the same machine find it; of settings whose rules hold.</summary>
    public Uri LocalUrl => new UriBuilder("http", (EndPoint.Address switch
    {
        var any when any.Equals(IPAddress.Any) => IPAddress.Loopback,
        var any when any.Equals(IPAddress.IPv6Any) => IPAddress.IPv6Loopback,
        var one => one,
    }).ToString(), EndPoint.Port).Uri;

    /// <summary>Where it listens by default.</summary>
    internal static IPEndPoint Default { get; } = new(IPAddress.Loopback, 8081);

    /// <summary>Where it listens; of settings whose rules hold.</summary>
    internal IPEndPoint EndPoint => Address is { } address && TryParse(address) is { } parsed ? parsed : Default;

    /// <summary>The settings by name, with what is wrong with each.</summary>
    internal IEnumerable<(string Path, string Problem)> Validate()
    {
        if (Address is { } address && TryParse(address) is null)
        {
            yield return ("agent.page.address", $"is '{address}', expected an address and a port such as 127.0.0.1:8081, or 0.0.0.0:8081 for all addresses");
        }

        if (TokenFile is not null && TokenVariable is not null)
        {
            yield return ("agent.page.tokenVariable", "is set beside tokenFile, expected one of them");
        }
        else if (Enabled && TokenFile is null && TokenVariable is null && !IPAddress.IsLoopback(EndPoint.Address))
        {
            yield return ("agent.page.address", $"is '{Address}', which other machines can reach: set agent.page.tokenFile or agent.page.tokenVariable, too");
        }

        if (TokenFile is not null && !File.Exists(TokenFile))
        {
            yield return ("agent.page.tokenFile", $"there is no file '{TokenFile}'");
        }
    }

    // IPEndPoint's own reader takes an address without a port.
    private static IPEndPoint? TryParse(string text)
    {
        var written = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? $"127.0.0.1{text["localhost".Length..]}" : text;
        var hasPort = written.LastIndexOf(':') is var colon and > 0
            && colon > written.LastIndexOf(']')
            && (written[0] == '[' || written.IndexOf(':', StringComparison.Ordinal) == colon);
        return hasPort && IPEndPoint.TryParse(written, out var parsed) ? parsed : null;
    }
}
