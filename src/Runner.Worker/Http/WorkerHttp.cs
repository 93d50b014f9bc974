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

    /// <summary>Begins to connect to a server, for a request that comes soon. Nothing is sent, and nothing tells whether it succeeds: the request would.</summary>
    /// <remarks>
    /// .NET has no call for it. A request that is withdrawn at once leaves the connection that was begun for it to the pool, which waits for that some seconds
    /// (runtime: <c>HttpConnectionWaiter.CancelIfNecessary</c>). To be called only where the pool has no connection yet: the request would be sent on it.
    /// </remarks>
    public async Task ConnectAsync(Uri address)
    {
        using var withdrawal = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Head, address);
        try
        {
            var sending = SendAsync(request, withdrawal.Token);
            await withdrawal.CancelAsync();
            using var response = await sending;
        }
        catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException)
        {
            // Withdrawn, as it was meant to be; or there is no way to the server, of which the request that needs it tells.
        }
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
