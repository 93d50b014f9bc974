using System.Collections.Concurrent;
using System.Diagnostics;
using Runner.Integration.Tests.Jobs;

namespace Runner.Integration.Tests.LocalRuns;

/// <summary>The real program, started by a user in a checkout.</summary>
internal sealed class LocalRun : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _reading;

    private LocalRun(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _lines), ReadAsync(process.StandardError, _errors));
    }

    /// <summary>What it has printed, line by line.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>All that it has printed.</summary>
    public string Out => string.Join('\n', _lines);

    /// <summary>What it has printed of mistakes.</summary>
    public string Error => string.Join('\n', _errors);

    /// <summary>Id of its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Its exit code, once it has ended.</summary>
    public int Code { get; private set; }

    /// <summary>Starts <c>runner push</c> in a folder.</summary>
    public static LocalRun Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.Artifact("runner"), ["push", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new LocalRun(Process.Start(start) ?? throw new InvalidOperationException("The program could not be started"));
    }

    /// <summary>Waits for its end.</summary>
    public async Task<LocalRun> EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _reading.WaitAsync(cancellationToken);
        Code = _process.ExitCode;
        return this;
    }

    /// <summary>Waits until it has printed a text.</summary>
    public Task PrintedAsync(string text, CancellationToken cancellationToken) =>
        Until.TrueAsync(() => _lines.Any(line => line.Contains(text, StringComparison.Ordinal)), cancellationToken);

    /// <summary>Ctrl-C.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("/bin/kill", ["-INT", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static async Task ReadAsync(StreamReader reader, ConcurrentQueue<string> lines)
    {
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lines.Enqueue(line);
        }
    }
}
