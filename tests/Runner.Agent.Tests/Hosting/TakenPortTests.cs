using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Hosting;
using Runner.Jobs.Errors;
using Runner.Testing;

namespace Runner.Agent.Tests.Hosting;

/// <summary>A port of the agent that another program has: told in one line that names the setting, and nowhere else.</summary>
public sealed class TakenPortTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Failures _failures = new();

    public void Dispose()
    {
        _failures.Dispose();
        _folder.Dispose();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    public async Task Port_for_metrics_that_is_in_use_is_told_once(string address)
    {
        using var other = new TcpListener(IPAddress.Parse(address), 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await File.WriteAllTextAsync(_folder["token"], "token", TestContext.Current.CancellationToken);
        var options = new AgentOptions
        {
            Backend = BackendKind.Host,
            Github = new GitHubOptions { Url = "http://127.0.0.1:1/acme", AllowInsecureHttp = true, Auth = new GitHubAuthOptions { TokenFile = _folder["token"] } },
            Pools = [new PoolOptions { Name = "test", Labels = ["self-hosted"], MaxJobs = 1 }],
            Host = new HostSectionOptions { Root = _folder["jobs"], Worker = _folder["token"] },
            Monitoring = new MonitoringOptions { MetricsPort = port },
            Agent = new SupervisionOptions { StateFolder = _folder["state"] },
        };
        var surroundings = new AgentSurroundings { Environment = ImmutableDictionary<string, string>.Empty, DefaultWorker = _folder["token"], Logs = _failures };

        var error = await Assert.ThrowsAsync<OperatorException>(() => AgentHost.StartAsync(options, surroundings, TestContext.Current.CancellationToken));

        Assert.StartsWith($"monitoring.metricsPort: the agent cannot listen on port {port}: ", error.Message, StringComparison.Ordinal);
        Assert.Empty(_failures.Lines);
    }

    private sealed class Failures : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Lines.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
