using Microsoft.Extensions.Logging;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Worker.Logging;

namespace Runner.Worker.Jobs;

/// <summary>Leaves the outcome where whoever launched the worker looks for it; before that, the end of the log.</summary>
/// <param name="path">Where.</param>
/// <param name="key">By which the outcome is shown to be the worker's, or <c>null</c>.</param>
/// <param name="logger">Where to log.</param>
/// <param name="maxBytes">Most bytes that its reader gets.</param>
internal sealed class OutcomeFile(string path, string? key, ILogger logger, int maxBytes = WorkerOutcome.MaxBytes)
{
    /// <summary>The termination log of a container, used where the payload could not say a path.</summary>
    public const string TerminationLog = "/dev/termination-log";

    private readonly Lock _lock = new();
    private bool _isConcluded;
    private bool _hasUnsent;

    /// <summary>Leaves the part of the job's log that is not at GitHub, or, by <c>null</c>, that there is none. Where there is an outcome, it stays.</summary>
    public void Leave(UnsentLog? unsent)
    {
        lock (_lock)
        {
            if (_isConcluded || (unsent is null && !_hasUnsent))
            {
                return;
            }

            _hasUnsent = unsent is not null;
            _ = TryWrite(LeftLog.ToJson(unsent)); // a disk that takes nothing costs the help that this would be
        }
    }

    /// <summary>
    /// Writes the outcome, in place of an earlier one. Aside and renamed, so that no reader sees a half; in place where that cannot be done, as with
    /// a termination log, which is a mount point.
    /// </summary>
    /// <returns>Whether it is there.</returns>
    public bool Write(WorkerOutcome outcome)
    {
        lock (_lock)
        {
            _isConcluded = true;
            if (TryWrite((key is null ? outcome : outcome.Prove(new Secret(key))).ToJson(maxBytes)) is not { } failure)
            {
                return true;
            }

            logger.OutcomeNotWritten(failure, path);
            return false;
        }
    }

    // Gives why it is not there, or null.
    private Exception? TryWrite(byte[] json)
    {
        try
        {
            if (!TryRename(json))
            {
                using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
                file.Write(json);
                file.Flush(flushToDisk: false);
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception;
        }
    }

    private bool TryRename(byte[] json)
    {
        // The file that a container runtime mounts exists before we start, and is still empty.
        if (path.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return false;
        }

        var draft = path + ".new";
        try
        {
            File.WriteAllBytes(draft, json);
            File.Move(draft, path, overwrite: true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // a mount point, or a folder that takes no new file
        }
    }
}
