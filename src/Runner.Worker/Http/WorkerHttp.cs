using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Runner.Worker.Http;

/// <summary>
/// The worker's connections: one pool for all services, certificates always checked. Reading a bundle takes some milliseconds and a
/// megabyte, so it is done at the first <c>https</c> request.
/// </summary>
internal sealed class WorkerHttp : HttpMessageHandler
{
    // A cut network swallows packets: a connection that is not made in this time is tried anew.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    private readonly HttpMessageInvoker _plain;
    private readonly Lazy<HttpMessageInvoker> _secure;

    /// <summary>Connections that trust a bundle.</summary>
    /// <param name="bundle">Whom to trust.</param>
    /// <param name="proxy">By which way; <c>null</c>: as the process's own environment says.</param>
    public WorkerHttp(CertificateBundle bundle, IWebProxy? proxy)
    {
        _plain = new HttpMessageInvoker(Handler(proxy));
        _secure = new Lazy<HttpMessageInvoker>(() => new HttpMessageInvoker(SecureHandler(bundle, proxy)));
    }

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isSecure = request.RequestUri?.Scheme is "https" or "wss";
        return (isSecure ? SecureInvoker() : _plain).SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _plain.Dispose();
            if (_secure.IsValueCreated)
            {
                _secure.Value.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private HttpMessageInvoker SecureInvoker()
    {
        try
        {
            return _secure.Value;
        }
        catch (CryptographicException exception)
        {
            throw new HttpRequestException($"The CA certificates cannot be read: {exception.Message}", exception);
        }
    }

    private static SocketsHttpHandler SecureHandler(CertificateBundle bundle, IWebProxy? proxy)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(bundle.Load());
        var handler = Handler(proxy);
        handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        return handler;
    }

    private static SocketsHttpHandler Handler(IWebProxy? proxy) => new()
    {
        Proxy = proxy,
        ConnectTimeout = ConnectTimeout,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        // A connection that a router forgot is found by this, not by the next request's timeout.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
    };
}
