using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Runner.Agent.Network;

/// <summary>Trusts servers by further CA certificates where the system does not know theirs. A wrong name, or no certificate, is refused as ever.</summary>
/// <param name="read">Gives the certificates, PEM; asked at each connection that the system would refuse.</param>
internal sealed class ExtraTrust(Func<string> read)
{
    /// <summary>Whether a server may be spoken to; for <see cref="SslClientAuthenticationOptions.RemoteCertificateValidationCallback"/>.</summary>
    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // a server's
        own.ChainPolicy.CustomTrustStore.ImportFromPem(read());
        own.ChainPolicy.ExtraStore.AddRange(chain?.ChainPolicy.ExtraStore ?? []); // what the server sent beside its own
        using var server = X509CertificateLoader.LoadCertificate(certificate.Export(X509ContentType.Cert));
        return own.Build(server);
    }
}
