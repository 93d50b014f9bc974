using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Runner.Execution.Hosting;
using Runner.Worker.Jobs;
using Runner.Worker.Logging;
using Runner.Worker.Release;

namespace Runner.Worker.Commands;

/// <summary>The signals by which a worker is told to stop its job.</summary>
/// <remarks>
/// SIGTERM is what a kubelet, an engine or a machine sends that takes the job's place away; nobody has cancelled the job then. Who cancels sends
/// SIGUSR2: SIGINT, which people know, is ignored for good by a process whose parent was started in the background by a shell.
/// </remarks>
internal sealed class WorkerSignals : IDisposable
{
    /// <summary>SIGUSR2: somebody cancelled the job.</summary>
    public const int Cancel = 12;

    /// <summary>SIGTERM: its place is taken away.</summary>
    public const int Removal = 15;

    private readonly JobCancellation _cancellation;
    private readonly ILogger _logger;
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Listens from now on: as a container's first process we would not even be stopped by a signal that has no handler.</summary>
    public WorkerSignals(JobCancellation cancellation, ILogger logger)
    {
        _cancellation = cancellation;
        _logger = logger;
        _registrations =
        [
            On((PosixSignal)Cancel, () => cancellation.Cancel(CancelReason.User)),
            On(PosixSignal.SIGINT, () => cancellation.Cancel(CancelReason.User)),
            On(PosixSignal.SIGTERM, TakeRemoval),
        ];
    }

    /// <summary>Where the launcher leaves its words.</summary>
    public string Spool { get; set; } = PidFile.DefaultFolder;

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    // The kubelet's signal comes without a word, the launcher's with one, and either first.
    private void TakeRemoval()
    {
        if (LauncherWord.Removal.Read(Spool) is { } why)
        {
            _cancellation.Explain(why);
        }

        _cancellation.Cancel(CancelReason.Removal);
    }

    private PosixSignalRegistration On(PosixSignal signal, Action act) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _logger.SignalReceived(signal.ToString());
        act();
    });
}
