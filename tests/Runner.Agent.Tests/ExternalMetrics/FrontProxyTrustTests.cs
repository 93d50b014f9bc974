using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Runner.Agent.ExternalMetrics;
using Runner.Jobs.Errors;

namespace Runner.Agent.Tests.ExternalMetrics;

/// <summary>Only the API server may ask for external metrics.</summary>
public sealed class FrontProxyTrustTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Authority _authority = new("front");

    [Theory]
    [InlineData("front-proxy-client", """["front-proxy-client"]""", true)]
    [InlineData("somebody", """["front-proxy-client"]""", false)]
    [InlineData("somebody", "[]", true)]
    [InlineData("somebody", null, true)]
    public void Certificate_of_the_authority_counts_by_its_name(string name, string? names, bool accepts) =>
        Assert.Equal(accepts, Trust(names).Accepts(_authority.Issue(name), Now));

    [Fact]
    public void Certificate_of_another_authority_of_the_same_name_does_not_count() =>
        Assert.False(Trust("[]").Accepts(new Authority("front").Issue("front-proxy-client"), Now));

    [Fact]
    public void Certificate_that_has_ended_does_not_count() =>
        Assert.False(Trust("[]").Accepts(_authority.Issue("front-proxy-client"), Now + TimeSpan.FromDays(400)));

    [Fact]
    public void Certificate_of_a_server_does_not_count() =>
        Assert.False(Trust("[]").Accepts(_authority.Issue("front-proxy-client", usage: "1.3.6.1.5.5.7.3.1"), Now));

    [Fact]
    public void Cluster_without_an_aggregation_layer_is_told()
    {
        var error = Assert.Throws<OperatorException>(() => FrontProxyTrust.Parse(new Dictionary<string, string> { ["client-ca-file"] = _authority.Pem }));

        Assert.Equal("kube-system/extension-apiserver-authentication has no requestheader-client-ca-file: the API server has no aggregation layer", error.Message);
    }

    private FrontProxyTrust Trust(string? names)
    {
        var data = new Dictionary<string, string> { ["requestheader-client-ca-file"] = _authority.Pem };
        if (names is not null)
        {
            data["requestheader-allowed-names"] = names;
        }

        return FrontProxyTrust.Parse(data);
    }

    private sealed class Authority
    {
        private readonly X509Certificate2 _certificate;

        public Authority(string name)
        {
            var request = new CertificateRequest($"CN={name}", ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
            _certificate = request.CreateSelfSigned(Now.AddDays(-1), Now.AddYears(3));
        }

        public string Pem => _certificate.ExportCertificatePem();

        public X509Certificate2 Issue(string name, string usage = "1.3.6.1.5.5.7.3.2")
        {
            var request = new CertificateRequest($"CN={name}", ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
            return request.Create(_certificate, Now.AddDays(-1), Now.AddYears(1), RandomNumberGenerator.GetBytes(8));
        }
    }
}
