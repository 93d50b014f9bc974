using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Callers;
using Runner.Jobs.Errors;
using Runner.Services.Blobs;
using Runner.Services.Callers;
using Runner.Services.Monitoring;

namespace Runner.Services.Hosting;

/// <summary>Artifacts and caches for the jobs of agents: a server that is there for long, beside the pods (<c>runner services</c>).</summary>
/// <remarks>
/// It knows no GitHub. Its callers show tokens that an agent made of the job's own (<see cref="RuntimeTokens"/>), signed by the key that both have: in the header, or in
/// the address where the header's is GitHub's.
/// </remarks>
public sealed class ClusterServices : IAsyncDisposable
{
    private const string MetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const long MaxBodyBytes = 2 << 20; // of all but what goes to disk as it comes

    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(20); // for what is being transferred

    private readonly WebApplication _app;
    private readonly ServedStorage _storage;
    private readonly Uri _publicUrl;
    private int _metricsPort;

    private ClusterServices(WebApplication app, ServedStorage storage, Uri publicUrl)
    {
        _app = app;
        _storage = storage;
        _publicUrl = publicUrl;
    }

    /// <summary>Address under which jobs reach it, ending in a slash.</summary>
    public Uri Url
    {
        get
        {
            var url = new UriBuilder(_publicUrl);
            url.Port = url.Port is 0 ? new Uri(_app.Urls.First()).Port : url.Port;
            url.Path = url.Path.TrimEnd('/') + "/";
            return url.Uri;
        }
    }

    /// <summary>Where metrics and health are, ending in a slash.</summary>
    public Uri MetricsUrl => new(_app.Urls.Last());

    /// <summary>Starts the server. It listens when this returns.</summary>
    /// <exception cref="OperatorException">The key cannot be used, the folder is another process's, or the bucket cannot be used.</exception>
    /// <exception cref="IOException">A port is taken, or the folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be used.</exception>
    public static async Task<ClusterServices> StartAsync(ClusterServicesOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var tokens = new RuntimeTokens(ServiceKey.ReadFor(ServiceKey.Tokens, options.KeyFile), options.Time);
        var signer = new BlobUrlSigner(ServiceKey.ReadFor(ServiceKey.Addresses, options.KeyFile), options.Time);
        var metrics = new ServiceMetrics(options.Version);
        ServedStorage? storage = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddJsonConsole().SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft", LogLevel.Critical); // faults of ours alone
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            Listen(kestrel, options.ListenAddress, options.Port);
            Listen(kestrel, options.ListenAddress, options.MetricsPort);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTime);
        if (options.Bucket is not null)
        {
            // Made as the server starts, when the storage is open.
            builder.Services.AddHostedService(provider => new StoreSweeper(storage!.Stores, options.Time, provider.GetRequiredService<ILogger<StoreSweeper>>()));
        }

        var app = builder.Build();
        try
        {
            storage = await ServedStorage.OpenAsync(options, metrics, app.Logger, cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var services = new ClusterServices(app, storage, options.PublicUrl);
        try
        {
            services.Map(options, metrics, new TokenCallers(tokens), signer);
            await services._app.StartAsync(cancellationToken);
            services._metricsPort = services.MetricsUrl.Port;
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the server, with some seconds for what is being transferred; what it keeps stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _storage.Dispose();
    }

    // All addresses are those of both families, where the machine has both.
    private static void Listen(KestrelServerOptions kestrel, string address, int port)
    {
        if (!IPAddress.TryParse(address, out var ip))
        {
            ip = IPAddress.Loopback; // localhost
        }

        if (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
        {
            kestrel.ListenAnyIP(port);
        }
        else
        {
            kestrel.Listen(ip, port);
        }
    }

    private void Map(ClusterServicesOptions options, ServiceMetrics metrics, TokenCallers callers, BlobUrlSigner signer)
    {
        var stores = _storage.Stores;
        if (_storage.WithoutConditions is { } bucket)
        {
            _app.Logger.BucketKeepsNoConditions(bucket);
        }

        if (_storage.WithoutConditionsOfRemoval is { } other)
        {
            _app.Logger.BucketKeepsNoConditionsOfRemoval(other);
        }

        metrics.Watch(() => stores.Caches?.Size, () => stores.Artifacts?.Size);
        _app.UseLocalDoor(_ => true);
        _app.MapWhen(http => http.Connection.LocalPort == _metricsPort, monitoring => monitoring.Run(http => AnswerAsync(http, metrics)));
        _app.Use(TakeTokenOfPath);
        _app.Use(async (http, next) =>
        {
            try
            {
                await next(http);
            }
            catch (Microsoft.AspNetCore.Http.BadHttpRequestException refused) when (!http.Response.HasStarted)
            {
                http.Response.StatusCode = refused.StatusCode;
            }
            catch (InfrastructureException error) when (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
            {
                _app.Logger.BucketFailed(http.Request.Method, KindOf(http.Request.Path), error.Message);
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable; // clients try again
            }
            catch (Exception error) when (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
            {
                // The boundary of one request: a full disk, or a fault of ours.
                _app.Logger.RequestFailed(error, http.Request.Method, KindOf(http.Request.Path));
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }

            metrics.Answered(http);
        });
        _app.UseRouting(); // after the path was changed
        stores.Map(_app, callers, signer, () => Url, options.Limits.UrlLifetime);
    }

    // Without what follows: that names a blob, whose address is a secret.
    private static string KindOf(PathString path) => path.Value?.Split('/', 3) is [_, var first, ..] ? first : string.Empty;

    // `/jobs/TOKEN/_apis/…`: the header has GitHub's token, which is none of ours to see.
    private static Task TakeTokenOfPath(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path.Value is { } path && path.StartsWith(JobAddress.Root, StringComparison.Ordinal) && path.IndexOf('/', JobAddress.Root.Length) is > 0 and var end)
        {
            http.Request.Headers.Authorization = $"Bearer {path[JobAddress.Root.Length..end]}";
            http.Request.Path = path[end..];
        }

        return next(http);
    }

    private async Task AnswerAsync(HttpContext http, ServiceMetrics metrics)
    {
        switch (http.Request.Path.Value)
        {
            case "/healthz":
                await http.Response.WriteAsync("ok\n", http.RequestAborted);
                break;
            case "/readyz":
                var fault = await _storage.FaultAsync(http.RequestAborted);
                http.Response.StatusCode = fault is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
                await http.Response.WriteAsync($"{fault ?? "ok"}\n", http.RequestAborted);
                break;
            case "/metrics":
                http.Response.ContentType = MetricsContentType;
                await metrics.Registry.CollectAndExportAsTextAsync(http.Response.Body, http.RequestAborted);
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }
}
