using System.Diagnostics;
using Runner.Integration.Tests.Jobs;

namespace Runner.Integration.Tests.Agents;

/// <summary>The real program as an agent in a process of its own, to be killed.</summary>
internal sealed class AgentProcess : IDisposable
{
    private readonly Process _process;

    private AgentProcess(Process process, string log)
    {
        _process = process;
        LogFile = log;
    }

    /// <summary>What it has printed.</summary>
    public string LogFile { get; }

    /// <summary>Starts an agent by a configuration file; the log lies beside it.</summary>
    public static AgentProcess Start(string program, string configuration, string log)
    {
        // The shell replaces itself by the agent, so that a signal to the process is one to the agent.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" agent --config \"$1\" >\"$2\" 2>&1", program, configuration, log]);
        return new AgentProcess(Process.Start(start) ?? throw new InvalidOperationException("The agent could not be started"), log);
    }

    /// <summary>Ends it as <c>kill -9</c> does, and waits until it is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        _process.Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Asks it to stop, as <c>kill</c> and a rolling update do, and waits until it is gone.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var terminate = Process.Start("kill", [_process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Waits until it has printed a text.</summary>
    public Task PrintedAsync(string text, CancellationToken cancellationToken) => PrintedAsync(text, times: 1, cancellationToken);

    /// <summary>Waits until it has printed a text so many times.</summary>
    public Task PrintedAsync(string text, int times, CancellationToken cancellationToken) =>
        Until.TrueAsync(() => File.Exists(LogFile) && File.ReadAllText(LogFile).Split(text).Length > times, cancellationToken);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
