using System.Net;
using System.Net.Security;
using Runner.Agent.Configuration;
using Runner.Jobs.Errors;
using Runner.Jobs.Network;
using Runner.Protocol.Http;

namespace Runner.Agent.Network;

/// <summary>How an agent and its jobs reach the outside: section <c>network</c>, and under it the variables of the agent's process.</summary>
/// <remarks>Files are read when they are needed: they are mounted, and rotate.</remarks>
public sealed class AgentNetwork
{
    // In a pod the API server is named by its address, and what else the cluster has by these names.
    private static readonly string[] ClusterNames = [".svc", ".cluster.local"];

    private readonly NetworkOptions _options;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly Lazy<ExtraTrust?> _trust;

    /// <summary>The network of an installation.</summary>
    public AgentNetwork(NetworkOptions options, IReadOnlyDictionary<string, string> environment)
    {
        _options = options;
        _environment = environment;
        _trust = new Lazy<ExtraTrust?>(() => options.CaFile is { } file ? new ExtraTrust(() => ReadCertificates(file)) : null);
    }

    /// <summary>Nothing is said of it.</summary>
    public static AgentNetwork None { get; } = new(new NetworkOptions(), new Dictionary<string, string>());

    /// <summary>What a job is given.</summary>
    /// <exception cref="OperatorException">A file cannot be read any more.</exception>
    public JobNetwork? ForJob()
    {
        var (proxies, certificates) = (Proxies(), _options.CaFile is { } file ? ReadCertificates(file) : null);
        return proxies is null && certificates is null ? null : new JobNetwork(proxies, certificates);
    }

    /// <summary>The proxies; <c>null</c>: there is none.</summary>
    /// <exception cref="OperatorException">The file of the credentials cannot be read any more.</exception>
    public ProxySettings? Proxies()
    {
        var (proxy, inherited) = (_options.Proxy, ProxySettings.FromEnvironment(_environment));
        var (http, https) = (WithCredentials(proxy.Http) ?? inherited?.Http, WithCredentials(proxy.Https) ?? inherited?.Https);
        if (http is null && https is null)
        {
            return null;
        }

        var without = proxy.NoProxy.Count > 0 ? [.. proxy.NoProxy] : inherited?.NoProxy ?? [];
        var settings = new ProxySettings { Http = http, Https = https, NoProxy = without };
        return _environment.GetValueOrDefault("KUBERNETES_SERVICE_HOST") is { Length: > 0 } server ? settings.Without([server, .. ClusterNames]) : settings;
    }

    /// <summary>The proxies for the clients of this process; <c>null</c>: none.</summary>
    public IWebProxy? ClientProxy() => Proxies() is { } proxies ? new RouteProxy(proxies, ProxiesIfReadable) : null;

    /// <summary>Makes a client's connections go this way.</summary>
    public void Apply(SocketsHttpHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        handler.Proxy = ClientProxy();
        handler.UseProxy = handler.Proxy is not null;
        if (_trust.Value is { } trust)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = trust.Accepts };
        }
    }

    // In the middle of a rotation the file may be half there: then what was read before is tried, and refused as it would be anyway.
    private ProxySettings? ProxiesIfReadable()
    {
        try
        {
            return Proxies();
        }
        catch (OperatorException)
        {
            return null;
        }
    }

    private static string ReadCertificates(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"network.caFile: '{file}' cannot be read: {error.Message}", error);
        }
    }

    private Uri? WithCredentials(string? address)
    {
        if (ProxySettings.AddressOf(address) is not { } proxy || _options.Proxy.CredentialsFile is null)
        {
            return ProxySettings.AddressOf(address);
        }

        var (value, problem) = _options.Proxy.ReadCredentials();
        if (problem is not null)
        {
            throw new OperatorException($"network.proxy.credentialsFile: {problem}");
        }

        var parts = (value ?? string.Empty).Split(':', 2).Select(Uri.EscapeDataString);
        return new Uri($"{proxy.Scheme}://{string.Join(':', parts)}@{proxy.Authority}/");
    }
}
