using System.Net;
using Runner.Jobs.Network;

namespace Runner.Protocol.Http;

/// <summary>
/// The proxies of an installation as HTTP clients take them. The framework's own reading of <c>NO_PROXY</c> knows neither networks nor ports, and an
/// entry without a dot in front means the very host to it.
/// </summary>
public sealed class RouteProxy(ProxySettings proxies) : IWebProxy
{
    /// <summary>The user and password that stand in the proxy's own address.</summary>
    public ICredentials? Credentials { get; set; } = new OfAddress();

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => proxies.For(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => proxies.For(host) is null;

    private sealed class OfAddress : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType)
        {
            if (uri.UserInfo.Length == 0)
            {
                return null;
            }

            var parts = uri.UserInfo.Split(':', 2);
            return new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : string.Empty);
        }
    }
}
