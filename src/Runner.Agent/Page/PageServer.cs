using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Jobs.Errors;

namespace Runner.Agent.Page;

/// <summary>
/// Serves the page at an address of its own, apart from metrics and probes, which others may reach: what many watchers cost is bounded here, and takes
/// nothing from the agent. It is served while the agent drains, too.
/// </summary>
internal sealed class PageServer(PageOptions options, PageAccess access, PageEndpoints endpoints, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private const int MaxConnections = 100;

    private static readonly TimeSpan HeadersLimit = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = loggers.CreateLogger<PageServer>();
    private readonly CancellationTokenSource _stopping = new(); // the inner application's own fires at SIGTERM, and not when the agent has drained
    private WebApplication? _app;

    /// <summary>Where it is served, or <c>null</c>: it is not.</summary>
    public Uri? Address { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Enabled)
        {
            return;
        }

        var app = Build();
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await app.DisposeAsync();
            if (options.Address is not null)
            {
                throw new OperatorException($"agent.page.address: the agent cannot listen on {options.EndPoint}: {Causes.Of(error)}", error);
            }

            _logger.PageNotServed(options.EndPoint.ToString(), Causes.Of(error));
            return;
        }

        _app = app;
        var bound = BindingAddress.Parse(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? string.Empty);
        Address = new UriBuilder(options.LocalUrl) { Port = bound.Port }.Uri;
        _logger.PageStarted(new IPEndPoint(options.EndPoint.Address, bound.Port).ToString());
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await (_app?.StopAsync(cancellationToken) ?? Task.CompletedTask);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        _stopping.Dispose();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(new PageLoggers(loggers)));
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.EndPoint, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxRequestLineSize = 4 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = HeadersLimit;
        });
        var app = builder.Build();
        app.Use(GuardAsync);
        endpoints.Map(app, _stopping.Token);
        return app;
    }

    private async Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        PageHeaders.Write(http.Response.Headers);
        if (access.Refusal(http.Request.Host, http.Request.Headers.Authorization) is not { } status)
        {
            await next(http);
            return;
        }

        if (status == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"runner\", charset=\"UTF-8\"";
        }

        await PageEndpoints.RefuseAsync(http, status, new PageError(status == StatusCodes.Status401Unauthorized
            ? "The page's token is needed: as a bearer token, or as the password of any user"
            : $"The page is served under the names of its own machine, such as localhost, and not as '{http.Request.Host.Host}'"));
    }
}
