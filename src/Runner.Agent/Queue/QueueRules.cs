using Runner.Agent.Configuration;

namespace Runner.Agent.Queue;

/// <summary>Which jobs wait for which pool, and how often may be counted. Pure.</summary>
internal static class QueueRules
{
    // Of two counts one may fail.
    private const int MissedCounts = 2;
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>Whether a runner with these labels takes a job that asks for those: GitHub compares without regard to case.</summary>
    public static bool Takes(IReadOnlyCollection<string> labels, IReadOnlyCollection<string> asked) =>
        asked.Count > 0 && asked.All(label => labels.Contains(label, StringComparer.OrdinalIgnoreCase));

    /// <summary>Time from a count to the next one, by the calls that it took.</summary>
    public static TimeSpan Pause(QueueOptions options, int calls)
    {
        var afforded = calls == 0 || options.CallsPerHour == 0 ? TimeSpan.Zero : TimeSpan.FromHours((double)calls / options.CallsPerHour);
        return afforded > options.Interval ? afforded : options.Interval;
    }

    /// <summary>How long a count holds.</summary>
    public static TimeSpan Age(QueueOptions options, int calls) => (MissedCounts * Pause(options, calls)) + Slack;
}
