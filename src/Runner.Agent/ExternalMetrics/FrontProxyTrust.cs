using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Runner.Jobs.Errors;

namespace Runner.Agent.ExternalMetrics;

/// <summary>
/// By what an API server that passes a request on is known: the ConfigMap <c>extension-apiserver-authentication</c> of <c>kube-system</c> says it (Kubernetes
/// documentation, "Configure the Aggregation Layer"). It has authenticated and authorized the caller already.
/// </summary>
internal sealed class FrontProxyTrust
{
    private const string AuthoritiesKey = "requestheader-client-ca-file";
    private const string NamesKey = "requestheader-allowed-names";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authorities;
    private readonly ImmutableArray<string> _names;

    private FrontProxyTrust(X509Certificate2Collection authorities, ImmutableArray<string> names) => (_authorities, _names) = (authorities, names);

    /// <summary>Reads what the ConfigMap holds.</summary>
    /// <exception cref="OperatorException">The API server passes no requests on: it has no aggregation layer.</exception>
    public static FrontProxyTrust Parse(IDictionary<string, string>? data)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(data is not null && data.TryGetValue(AuthoritiesKey, out var pem) ? pem : string.Empty);
            if (authorities.Count == 0)
            {
                throw new OperatorException($"kube-system/extension-apiserver-authentication has no {AuthoritiesKey}: the API server has no aggregation layer");
            }

            var names = data is not null && data.TryGetValue(NamesKey, out var list) ? JsonSerializer.Deserialize<string[]>(list) : null;
            return new FrontProxyTrust(authorities, [.. names ?? []]);
        }
        catch (Exception error) when (error is CryptographicException or JsonException)
        {
            throw new OperatorException($"kube-system/extension-apiserver-authentication cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Whether a client's certificate is that of the API server: of its authority, for clients, and of one of its names, where there are any.</summary>
    public bool Accepts(X509Certificate2 certificate, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        return chain.Build(certificate) && (_names.IsEmpty || _names.Contains(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), StringComparer.Ordinal));
    }
}
