using System.Net;
using Runner.Jobs.Network;

namespace Runner.Protocol.Http;

/// <summary>
/// The proxies of an installation as HTTP clients take them. The framework's own reading of <c>NO_PROXY</c> knows neither networks nor ports, and an
/// entry without a dot in front means the very host to it.
/// </summary>
/// <remarks>The addresses that clients see hold no password: they put them into the messages of their errors.</remarks>
/// <param name="proxies">The ways.</param>
/// <param name="refreshed">Gives them as they are now, for user and password, which rotate; <c>null</c>: they stay as they are.</param>
public sealed class RouteProxy(ProxySettings proxies, Func<ProxySettings?>? refreshed = null) : IWebProxy
{
    /// <summary>The user and password that stand in the settings' address of a proxy.</summary>
    public ICredentials? Credentials { get; set; } = new OfSettings(() => refreshed?.Invoke() ?? proxies);

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => proxies.For(destination) is { } proxy ? new Uri(ProxySettings.Describe(proxy)) : null;

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => proxies.For(host) is null;

    private sealed class OfSettings(Func<ProxySettings> proxies) : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType)
        {
            var now = proxies();
            var address = new[] { now.Https, now.Http }.FirstOrDefault(proxy => proxy?.Authority == uri.Authority && proxy.UserInfo.Length > 0);
            var parts = address?.UserInfo.Split(':', 2) ?? [];
            return parts.Length == 0
                ? null
                : new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : string.Empty);
        }
    }
}
