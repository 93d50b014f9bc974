using Microsoft.Extensions.Logging;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Worker.Logging;

namespace Runner.Worker.Jobs;

/// <summary>Leaves the outcome where whoever launched the worker looks for it.</summary>
/// <param name="path">Where.</param>
/// <param name="key">By which the outcome is shown to be the worker's, or <c>null</c>.</param>
/// <param name="logger">Where to log.</param>
internal sealed class OutcomeFile(string path, string? key, ILogger logger)
{
    /// <summary>The termination log of a container, used where the payload could not say a path.</summary>
    public const string TerminationLog = "/dev/termination-log";

    /// <summary>
    /// Writes it, in place of an earlier one. Aside and renamed, so that no reader sees a half; in place where that cannot be done, as with
    /// a termination log, which is a mount point.
    /// </summary>
    /// <returns>Whether it is there.</returns>
    public bool Write(WorkerOutcome outcome)
    {
        var json = (key is null ? outcome : outcome.Prove(new Secret(key))).ToJson();
        try
        {
            if (!TryRename(json))
            {
                using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
                file.Write(json);
                file.Flush(flushToDisk: false);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.OutcomeNotWritten(exception, path);
            return false;
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
