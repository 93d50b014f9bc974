using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Runner.Agent.ExternalMetrics;
using Runner.Jobs.Errors;
using Runner.Testing;

namespace Runner.Agent.Tests.ExternalMetrics;

public sealed class ServingCertificateTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly WaitableTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_stands_between_the_certificate_and_its_root_is_sent_with_it()
    {
        using var root = Make("root", issuer: null);
        using var between = Make("between", root);
        using var leaf = Make("leaf", between);
        File.WriteAllText(_folder["tls.crt"], leaf.ExportCertificatePem() + "\n" + between.ExportCertificatePem());
        File.WriteAllText(_folder["tls.key"], leaf.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());

        var served = Certificate().Get();

        Assert.Equal("CN=leaf", served.TargetCertificate.Subject);
        Assert.Equal(["CN=between"], served.IntermediateCertificates.Select(certificate => certificate.Subject));
    }

    [Fact]
    public void Half_of_a_renewal_leaves_the_certificate_as_it_was_and_the_whole_is_taken()
    {
        using var first = Make("first", issuer: null);
        using var second = Make("second", issuer: null);
        Write(first, first);
        var certificate = Certificate();
        Assert.Equal("CN=first", certificate.Get().TargetCertificate.Subject);

        Write(second, first);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("CN=first", certificate.Get().TargetCertificate.Subject);

        Write(second, second);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("CN=second", certificate.Get().TargetCertificate.Subject);
    }

    [Fact]
    public void Files_that_are_not_there_are_told_by_their_names()
    {
        var error = Assert.Throws<OperatorException>(() => Certificate().Get());

        Assert.Contains(_folder["tls.crt"], error.Message, StringComparison.Ordinal);
    }

    private ServingCertificate Certificate() => new(_folder["tls.crt"], _folder["tls.key"], _time);

    private void Write(X509Certificate2 certificate, X509Certificate2 key)
    {
        File.WriteAllText(_folder["tls.crt"], certificate.ExportCertificatePem());
        File.WriteAllText(_folder["tls.key"], key.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    private X509Certificate2 Make(string name, X509Certificate2? issuer)
    {
        var now = _time.GetUtcNow();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(name != "leaf", false, 0, critical: true));
        if (issuer is null)
        {
            return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        }

        using var made = request.Create(issuer, now.AddDays(-1), now.AddDays(20), Guid.NewGuid().ToByteArray());
        return made.CopyWithPrivateKey(key);
    }
}
