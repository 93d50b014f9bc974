using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Page;
using Runner.Agent.Sources;
using Runner.Backends;
using Runner.Jobs.Errors;

namespace Runner.Agent.Hosting;

/// <summary>Runs an agent in this process.</summary>
public static class AgentHost
{
    /// <summary>Starts an agent; it takes jobs until it is stopped.</summary>
    /// <exception cref="OperatorException">A setting is wrong, or GitHub refuses the credentials.</exception>
    public static async Task<RunningAgent> StartAsync(AgentOptions options, AgentSurroundings surroundings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(surroundings);
        var host = Build(options, surroundings);
        try
        {
            CheckPort(options.Monitoring);
            await host.Services.GetRequiredService<JobSources>().PrepareAsync(cancellationToken);
            await host.StartAsync(cancellationToken);
            return new RunningAgent(host, MonitoringAddress(options, host), host.Services.GetRequiredService<PageServer>().Address);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw new OperatorException($"monitoring.metricsPort: the agent cannot listen on port {options.Monitoring.MetricsPort}: {Causes.Of(error)}", error);
        }
        catch
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads and makes all that a start would, and keeps nothing: what is wrong, each with the setting's path.</summary>
    public static IEnumerable<(string Path, string Problem)> Check(AgentOptions options, AgentSurroundings surroundings)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(surroundings);
        return StartCheck.Problems(options, surroundings);
    }

    // The framework's host would write stack traces for a port that is in use, before anybody could say which setting it is.
    private static void CheckPort(MonitoringOptions options)
    {
        if (!options.Enabled || options.MetricsPort == 0)
        {
            return;
        }

        var isDual = Socket.OSSupportsIPv6;
        using var probe = new Socket(isDual ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (isDual)
        {
            probe.DualMode = true;
        }

        probe.Bind(new IPEndPoint(isDual ? IPAddress.IPv6Any : IPAddress.Any, options.MetricsPort));
    }

    private static IHost Build(AgentOptions options, AgentSurroundings surroundings)
    {
        if (!options.Monitoring.Enabled)
        {
            var plain = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            AddLogs(plain.Logging, options.Monitoring, surroundings);
            plain.Services.AddAgent(options, surroundings);
            return plain.Build();
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddLogs(builder.Logging, options.Monitoring, surroundings);
        builder.Services.AddAgent(options, surroundings);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenAnyIP(options.Monitoring.MetricsPort));
        var app = builder.Build();
        WarmMetrics.AddTo(
            app.Services.GetRequiredService<AgentMetrics>().Registry, [.. options.Pools.Where(pool => pool.Warm is not null).Select(pool => pool.Name)], app.Services.GetRequiredService<IJobBackend>());
        app.MapMonitoring(options.Monitoring, app.Services.GetRequiredService<AgentHealth>(), app.Services.GetRequiredService<AgentMetrics>());
        return app;
    }

    private static void AddLogs(ILoggingBuilder logs, MonitoringOptions options, AgentSurroundings surroundings)
    {
        logs.SetMinimumLevel(options.Logging.Level ?? options.LogLevel);
        logs.AddFilter("Microsoft", LogLevel.Warning);
        logs.AddFilter("System", LogLevel.Warning);
        if (surroundings.Logs is { } provider)
        {
            logs.AddProvider(provider);
        }
        else if (options.Logging.Format == LogFormat.Json)
        {
            logs.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            logs.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
                console.ColorBehavior = LoggerColorBehavior.Default;
            });
        }
    }

    private static Uri? MonitoringAddress(AgentOptions options, IHost host)
    {
        var addresses = options.Monitoring.Enabled ? host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses : null;
        if (addresses?.FirstOrDefault() is not { } address)
        {
            return null;
        }

        var port = BindingAddress.Parse(address).Port;
        host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(AgentHost)).MonitoringStarted(address);
        return new Uri($"http://127.0.0.1:{port}/");
    }
}
