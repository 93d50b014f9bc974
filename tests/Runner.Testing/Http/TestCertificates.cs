using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Runner.Testing.Http;

/// <summary>A certificate authority of a test's own and one server certificate by it.</summary>
public sealed class TestCertificates : IDisposable
{
    /// <summary>Makes both.</summary>
    /// <param name="host">Name of the server.</param>
    public TestCertificates(string host)
    {
        var (from, to) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
        using var authorityKey = RSA.Create(2048);
        var authority = new CertificateRequest("CN=Runner test CA", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var root = authority.CreateSelfSigned(from, to);
        AuthorityPem = root.ExportCertificatePem();

        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=" + host, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(root, from, to.AddDays(-1), [1, 2, 3, 4]);
        Server = certificate.CopyWithPrivateKey(key);
    }

    /// <summary>The authority's certificate.</summary>
    public string AuthorityPem { get; }

    /// <summary>The server's certificate with its key.</summary>
    public X509Certificate2 Server { get; }

    /// <inheritdoc/>
    public void Dispose() => Server.Dispose();
}
