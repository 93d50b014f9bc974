using System.Runtime.InteropServices;
using Runner.Execution.Hosting;
using Runner.Worker.Reporting;

namespace Runner.Worker.Release;

/// <summary>Waits for <c>runner-worker release</c>, which leaves its word in a file and signals this process.</summary>
/// <remarks>
/// It listens from its creation, which must come before the process id is noted: a release that finds no id has left the file before anybody
/// looks for it, one that finds it is heard. A step could release too, but none runs before it is done.
/// </remarks>
internal sealed class ServiceGate : IServiceGate, IDisposable
{
    /// <summary>SIGUSR1. It is deadly to a process that does not listen, so every job has a gate, needed or not.</summary>
    public const int Signal = 10;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10); // were a signal ever lost

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly AsyncSignal _signalled = new();
    private readonly PosixSignalRegistration _registration;

    /// <summary>Begins to listen.</summary>
    /// <param name="folder">The worker's spool.</param>
    /// <param name="time">The clock.</param>
    public ServiceGate(string folder, TimeProvider time)
    {
        _folder = folder;
        _time = time;
        _registration = PosixSignalRegistration.Create((PosixSignal)Signal, context =>
        {
            context.Cancel = true;
            _signalled.Set();
        });
    }

    /// <inheritdoc/>
    public async Task<string?> WaitAsync(CancellationToken cancellationToken)
    {
        string? word;
        while ((word = LauncherWord.Release.Read(_folder)) is null)
        {
            await _signalled.WaitAsync(LookAgain, _time, cancellationToken);
        }

        return word.Length == 0 ? null : word;
    }

    /// <inheritdoc/>
    public void Dispose() => _registration.Dispose();
}
