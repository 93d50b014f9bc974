namespace Runner.Jobs.Network;

/// <summary>The variables by which programs are told of a proxy and of certificates. Pure.</summary>
public static class NetworkVariables
{
    // Programs look for the one or the other: curl knows http_proxy in small letters only, others only the large ones.
    private static readonly (string Small, string Large)[] Proxies =
        [("http_proxy", "HTTP_PROXY"), ("https_proxy", "HTTPS_PROXY"), ("no_proxy", "NO_PROXY")];

    // Each of them takes the place of the system's certificates for whoever reads it, so the file has those as well.
    private static readonly string[] Bundles =
        ["SSL_CERT_FILE", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "PIP_CERT", "CARGO_HTTP_CAINFO"];

    // This one adds to what Node.js has built in.
    private const string OfNode = "NODE_EXTRA_CA_CERTS";

    // Makes the fetch and http of Node.js from 22.21 and 24 on use the variables of the proxy, which older ones leave to libraries.
    private const string NodeUsesProxy = "NODE_USE_ENV_PROXY";

    /// <summary>Every variable that this may set.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Proxies.SelectMany(pair => new[] { pair.Small, pair.Large }), NodeUsesProxy, .. Bundles, OfNode];

    /// <summary>The variables of a proxy, in small and in large letters.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(ProxySettings proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        string?[] values = [Text(proxy.Http), Text(proxy.Https), string.Join(',', proxy.NoProxy.Union(["localhost", "127.0.0.1", "::1"]))];
        foreach (var ((small, large), value) in Proxies.Zip(values))
        {
            if (value is not null)
            {
                yield return KeyValuePair.Create(small, value);
                yield return KeyValuePair.Create(large, value);
            }
        }

        yield return KeyValuePair.Create(NodeUsesProxy, "1");
    }

    /// <summary>The variables of certificates.</summary>
    /// <param name="bundle">File with all that are trusted, the system's own among them.</param>
    /// <param name="further">File with those that are trusted beside the system's.</param>
    public static IEnumerable<KeyValuePair<string, string>> OfCertificates(string bundle, string further) =>
        Bundles.Select(name => KeyValuePair.Create(name, bundle)).Append(KeyValuePair.Create(OfNode, further));

    /// <summary>
    /// Makes an environment say one thing: where somebody set one of the two names of a proxy's variable over ours, the other name says it too.
    /// </summary>
    /// <param name="variables">The environment, all layers in it.</param>
    /// <param name="ours">Its lowest layer.</param>
    public static void Settle(IDictionary<string, string> variables, IReadOnlyDictionary<string, string> ours)
    {
        ArgumentNullException.ThrowIfNull(variables);
        foreach (var (small, large) in Proxies)
        {
            switch (IsSet(small), IsSet(large))
            {
                case (true, false):
                    variables[large] = variables[small];
                    break;
                case (false, true):
                    variables[small] = variables[large];
                    break;
            }
        }

        bool IsSet(string name) => variables.TryGetValue(name, out var value) && ours.GetValueOrDefault(name) != value;
    }

    private static string? Text(Uri? proxy) => proxy?.OriginalString.TrimEnd('/');
}
