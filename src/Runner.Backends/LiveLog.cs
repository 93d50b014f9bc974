using System.Globalization;

namespace Runner.Backends;

/// <summary>How the log of a job that runs in a container is read: by its worker, which knows where it is and who may write to it. Pure.</summary>
public static class LiveLog
{
    /// <summary>The command, to be run beside the worker.</summary>
    /// <param name="worker">The worker's executable, as the container sees it.</param>
    /// <param name="follows">Whether what comes is wanted, too.</param>
    /// <param name="last">Bytes of the last part.</param>
    public static string[] Command(string worker, bool follows, int last) =>
        [worker, "log", "--until", follows ? "end" : "now", "--last", last.ToString(CultureInfo.InvariantCulture)];
}
