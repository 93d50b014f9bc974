using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.Autorest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;

namespace Runner.Agent.ExternalMetrics;

/// <summary>
/// Serves the cluster's external metrics on a port of its own, to the API server alone: whoever shows no certificate of its front proxy has no connection.
/// </summary>
/// <remarks>It waits for what it needs, and is in nobody's way: an agent without it takes jobs as ever, and its autoscaler stays where it is.</remarks>
internal sealed class ExternalMetricsServer(
    ExternalMetricsOptions options, string? space, PoolFigures figures, ClusterConnection connection, TimeProvider time, ILogger<ExternalMetricsServer> logger)
    : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TrustAge = TimeSpan.FromMinutes(5);

    private volatile FrontProxyTrust? _trust;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        WebApplication? app = null;
        try
        {
            while (true)
            {
                try
                {
                    _trust = FrontProxyTrust.Parse(await ReadAsync(stoppingToken));
                    app ??= await ServeAsync(stoppingToken);
                }
                catch (Exception error) when (error is HttpOperationException or HttpRequestException or OperatorException or IOException or SocketException
                    || (error is OperationCanceledException && !stoppingToken.IsCancellationRequested))
                {
                    logger.ExternalMetricsFailed(Retry.TotalSeconds, Causes.Of(error));
                }

                await Task.Delay(app is null ? Retry : TrustAge, time, stoppingToken);
            }
        }
        finally
        {
            if (app is not null)
            {
                await app.StopAsync(CancellationToken.None);
                await app.DisposeAsync();
            }
        }
    }

    private async Task<IDictionary<string, string>?> ReadAsync(CancellationToken cancellationToken) =>
        (await connection.Client.CoreV1.ReadNamespacedConfigMapAsync("extension-apiserver-authentication", "kube-system", cancellationToken: cancellationToken)).Data;

    private async Task<WebApplication> ServeAsync(CancellationToken cancellationToken)
    {
        var certificate = new ServingCertificate(options.CertificateFile ?? string.Empty, options.KeyFile ?? string.Empty, time);
        certificate.Get(); // now, and not with the first connection
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.ListenAnyIP(options.Port, listen => listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate.Get(),
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, client, _, _) => client is X509Certificate2 known && _trust?.Accepts(known, time.GetUtcNow()) == true,
            }),
        })));
        var app = builder.Build();
        app.MapExternalMetrics(figures, space, time);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        logger.ExternalMetricsServed(options.Port);
        return app;
    }
}
