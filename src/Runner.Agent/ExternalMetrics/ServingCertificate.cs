using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Runner.Jobs.Errors;

namespace Runner.Agent.ExternalMetrics;

/// <summary>The certificate that is served, with those between it and its root, as its files hold them: whoever renews them need not restart the agent.</summary>
internal sealed class ServingCertificate(string certificateFile, string keyFile, TimeProvider time)
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private SslStreamCertificateContext? _certificate;
    private long _read;

    /// <summary>The certificate of now. Files that cannot be read are of no account as long as there is an earlier one.</summary>
    /// <exception cref="OperatorException">They cannot be read, and never could.</exception>
    public SslStreamCertificateContext Get()
    {
        lock (_gate)
        {
            if (_certificate is null || time.GetElapsedTime(_read) >= Age)
            {
                try
                {
                    var chain = new X509Certificate2Collection();
                    chain.ImportFromPemFile(certificateFile);
                    _certificate = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificateFile, keyFile), chain, offline: true);
                }
                catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
                {
                    // Half of a renewal: the next minute has the whole.
                    if (_certificate is null)
                    {
                        throw new OperatorException($"monitoring.externalMetrics: {certificateFile} and {keyFile} are no certificate and its key: {error.Message}", error);
                    }
                }

                _read = time.GetTimestamp();
            }

            return _certificate!; // else it was thrown
        }
    }
}
