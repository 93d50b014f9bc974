using System.Collections;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Hosting;
using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;

namespace Runner.Integration.Tests.Agents;

/// <summary>An emulator and an agent on the host backend, both in this process, with times compressed where the protocol allows. A folder of its own, gone at the end.</summary>
internal sealed class AgentOnHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly string _worker;
    private readonly TestLogs _logs = new();

    private AgentOnHost(DirectoryInfo folder, string worker, EmulatorServer emulator)
    {
        _folder = folder;
        _worker = worker;
        Emulator = emulator;
    }

    /// <summary>The local GitHub.</summary>
    public EmulatorServer Emulator { get; }

    /// <summary>The agent, while it runs.</summary>
    public RunningAgent? Agent { get; private set; }

    /// <summary>Everything the agent has logged.</summary>
    public IReadOnlyCollection<string> Logs => _logs.Lines;

    /// <summary>A folder that the test and its steps may use.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Folder of the jobs.</summary>
    public string JobsFolder => Path.Combine(_folder.FullName, "jobs");

    /// <summary>Starts both.</summary>
    /// <param name="worker">Makes the worker's executable in a folder.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="configure">Changes settings of the agent.</param>
    /// <param name="emulatorOptions">Settings of the emulator. Default: a free port of this machine.</param>
    public static async Task<AgentOnHost> StartAsync(
        Func<string, string> worker,
        CancellationToken cancellationToken,
        Action<AgentOptions>? configure = null,
        EmulatorOptions? emulatorOptions = null)
    {
        var folder = Directory.CreateTempSubdirectory("runner-test-");
        var emulator = await EmulatorServer.StartAsync(emulatorOptions ?? new EmulatorOptions { ShareRunnerKey = true }, cancellationToken);
        var agent = new AgentOnHost(folder, worker(folder.FullName), emulator);
        await agent.StartAgentAsync(cancellationToken, configure);
        return agent;
    }

    /// <summary>Starts an agent with the same name and folders as the one before it.</summary>
    public async Task StartAgentAsync(CancellationToken cancellationToken, Action<AgentOptions>? configure = null)
    {
        var token = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(token, "emulator", cancellationToken);
        var options = new AgentOptions
        {
            Backend = BackendKind.Host,
            Github = new GitHubOptions { Url = new Uri(Emulator.Url, "acme").AbsoluteUri, Auth = new GitHubAuthOptions { TokenFile = token } },
            Pools = [new PoolOptions { Name = "test", Labels = ["self-hosted", "linux"], MaxJobs = 2 }],
            Host = new HostSectionOptions { Root = JobsFolder, Worker = _worker },
            Monitoring = new MonitoringOptions { MetricsPort = 0, LogLevel = LogLevel.Debug },
            Agent = new SupervisionOptions
            {
                Instance = "agent-1",
                DrainTimeout = TimeSpan.FromSeconds(20),
                AdoptionInterval = TimeSpan.FromMilliseconds(200),
                RetryPause = TimeSpan.FromMilliseconds(50),
                LongRetryPause = TimeSpan.FromMilliseconds(100),
                JobRetryPause = TimeSpan.FromMilliseconds(50),
                Page = new PageOptions { Address = "127.0.0.1:0" },
            },
        };
        configure?.Invoke(options);
        var surroundings = new AgentSurroundings
        {
            Environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? string.Empty),
            DefaultWorker = _worker,
            Logs = _logs,
        };
        Agent = await AgentHost.StartAsync(options, surroundings, cancellationToken);
    }

    /// <summary>Waits until a run has ended. One that hangs is told with where it stands and what the agent did: nobody sees it twice.</summary>
    public async Task<RunInfo> WaitForRunAsync(long run, CancellationToken cancellationToken)
    {
        // Shortly before xunit ends the test, which says no more than that it took too long.
        var limit = TimeSpan.FromMilliseconds(0.8 * (TestContext.Current.Test as Xunit.v3.IXunitTest)?.Timeout ?? Timeout.Infinite);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(limit > TimeSpan.Zero ? limit : Timeout.InfiniteTimeSpan);
        try
        {
            return await Emulator.WaitForRunAsync(run, ending.Token);
        }
        catch (OperationCanceledException)
        {
            var jobs = Emulator.FindRun(run)?.Jobs.Select(job => $"{job.Name}: {job.Status} {job.Conclusion} {job.Runner} locked until {job.LockedUntil:O} {job.Reason}") ?? [];
            throw new TimeoutException($"The run did not end.\n{string.Join('\n', jobs)}\n{string.Join('\n', Logs.TakeLast(200))}");
        }
    }

    /// <summary>Stops the agent as SIGTERM does.</summary>
    public async Task StopAgentAsync()
    {
        if (Agent is { } agent)
        {
            Agent = null;
            await agent.StopAsync(CancellationToken.None);
            await agent.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAgentAsync();
        await Emulator.DisposeAsync();
        _logs.Dispose();
        _folder.Delete(recursive: true);
    }

    private sealed class TestLogs : ILoggerProvider
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => new TestLog(_lines);

        public void Dispose()
        {
            // Nothing is held.
        }
    }

    private sealed class TestLog(ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {eventId.Id}: {formatter(state, exception)}{(exception is null ? string.Empty : " | " + exception)}");
    }
}
