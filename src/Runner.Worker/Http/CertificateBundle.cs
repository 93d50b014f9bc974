using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Runner.Worker.Http;

/// <summary>
/// The CA certificates that the worker trusts: those of <c>SSL_CERT_FILE</c>, else the image's own bundle, else the one beside the worker;
/// and those that the operator adds. A static OpenSSL looks only where its build machine kept them, which few images do.
/// </summary>
/// <param name="environmentFile">Value of <c>SSL_CERT_FILE</c>, or <c>null</c>.</param>
/// <param name="workerFolder">Where the worker and its bundle are.</param>
/// <param name="extra">Further certificates, PEM, or <c>null</c>.</param>
internal sealed class CertificateBundle(string? environmentFile, string workerFolder, string? extra)
{
    /// <summary>Name of the bundle beside the worker.</summary>
    public const string FileName = "ca-certificates.crt";

    // Debian, Alpine, Arch; Fedora, RHEL; openSUSE; RHEL's generated file; BSD and Alpine's libressl.
    private static readonly string[] ImageBundles =
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];

    /// <summary>The certificates; empty where nothing was found, and then nothing is trusted.</summary>
    public X509Certificate2Collection Load()
    {
        var certificates = new X509Certificate2Collection();
        foreach (var file in Candidates())
        {
            if (TryImport(certificates, file))
            {
                break;
            }
        }

        if (!string.IsNullOrWhiteSpace(extra))
        {
            certificates.ImportFromPem(extra);
        }

        return certificates;
    }

    /// <summary>All of them as the text of a PEM file, for other programs.</summary>
    public string ReadText()
    {
        var system = Candidates().Select(TryRead).OfType<string>().FirstOrDefault();
        return $"{system?.TrimEnd()}\n{extra?.Trim()}\n".TrimStart();
    }

    private IEnumerable<string> Candidates() =>
        [.. string.IsNullOrEmpty(environmentFile) ? [] : new[] { environmentFile }, .. ImageBundles, Path.Combine(workerFolder, FileName)];

    private static string? TryRead(string file)
    {
        try
        {
            return File.Exists(file) && File.ReadAllText(file) is var text && text.Contains("-----BEGIN ", StringComparison.Ordinal) ? text : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // as below
        }
    }

    private static bool TryImport(X509Certificate2Collection certificates, string file)
    {
        try
        {
            if (!File.Exists(file))
            {
                return false;
            }

            certificates.ImportFromPemFile(file);
            return certificates.Count > 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // An image may have a broken bundle, or one that this user cannot read: the next is tried.
            certificates.Clear();
            return false;
        }
    }
}
