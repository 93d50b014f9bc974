using System.Collections.Immutable;

namespace Runner.Jobs.Network;

/// <summary>The proxies by which the outside is reached, one for each scheme, and what is reached without. An address may hold a password.</summary>
public sealed record ProxySettings
{
    /// <summary>The machine itself, which no proxy leads to.</summary>
    private static readonly ImmutableArray<string> ThisMachine = ["localhost", "127.0.0.0/8", "::1"];

    /// <summary>For <c>http://</c>, or <c>null</c>: none.</summary>
    public Uri? Http { get; init; }

    /// <summary>For <c>https://</c>, or <c>null</c>: none.</summary>
    public Uri? Https { get; init; }

    /// <summary>What is reached without a proxy, by the rules of <see cref="NoProxyList"/>. This machine always is.</summary>
    public ImmutableArray<string> NoProxy { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The settings that the usual variables of an environment make; <c>null</c>: it names no proxy.</summary>
    /// <remarks>A name in small letters wins, as with curl. <c>ALL_PROXY</c> is for a scheme that has none of its own.</remarks>
    public static ProxySettings? FromEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var all = Value("all_proxy");
        var (http, https) = (AddressOf(Value("http_proxy") ?? all), AddressOf(Value("https_proxy") ?? all));
        return http is null && https is null ? null : new ProxySettings { Http = http, Https = https, NoProxy = NoProxyList.Split(Value("no_proxy")) };

        string? Value(string name) =>
            environment.GetValueOrDefault(name) ?? environment.GetValueOrDefault(name.ToUpperInvariant());
    }

    /// <summary>The address of a proxy, which may lack its scheme; <c>null</c>: the text is none.</summary>
    public static Uri? AddressOf(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null
        : Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text.Trim() : "http://" + text.Trim(), UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https" or "socks4" or "socks4a" or "socks5" && address.Host.Length > 0 ? address : null;

    /// <summary>The proxy for an address; <c>null</c>: it is reached without.</summary>
    public Uri? For(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var proxy = address.Scheme is "https" or "wss" ? Https : Http;
        return proxy is null || NoProxyList.Covers(ThisMachine, address) || NoProxyList.Covers(NoProxy, address) ? null : proxy;
    }

    /// <summary>The same with further addresses that are reached without.</summary>
    public ProxySettings Without(IEnumerable<string> addresses) => this with { NoProxy = [.. NoProxy.Union(addresses, StringComparer.OrdinalIgnoreCase)] };

    /// <summary>A proxy for people: its address without user and password.</summary>
    public static string Describe(Uri proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        return $"{proxy.Scheme}://{proxy.Authority}";
    }

    /// <summary>For people: no password.</summary>
    public override string ToString() =>
        $"http={(Http is null ? "none" : Describe(Http))} https={(Https is null ? "none" : Describe(Https))} noProxy={string.Join(',', NoProxy)}";
}
