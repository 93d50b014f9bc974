namespace Runner.Jobs.Network;

/// <summary>How a job reaches the outside: by which proxies, and whom it trusts there.</summary>
/// <param name="Proxy">The proxies; <c>null</c>: none.</param>
/// <param name="Certificates">CA certificates that are trusted beside the system's, PEM; <c>null</c>: none.</param>
public sealed record JobNetwork(ProxySettings? Proxy, string? Certificates);
