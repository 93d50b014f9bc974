using Runner.Agent.Configuration;

namespace Runner.Agent.Queue;

/// <summary>Which jobs wait for which pool, and how often may be counted. Pure.</summary>
internal static class QueueRules
{
    // Of two counts one may fail.
    private const int MissedCounts = 2;
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>Whether a runner takes a job that asks for these labels: GitHub compares without regard to case.</summary>
    /// <param name="labels">The runner's.</param>
    /// <param name="hasGroup">Whether it is in a group of its own: a job may ask for a group alone, and GitHub does not show for which.</param>
    /// <param name="asked">What the job asks for.</param>
    public static bool Takes(IReadOnlyCollection<string> labels, bool hasGroup, IReadOnlyCollection<string> asked) =>
        (asked.Count > 0 || hasGroup) && asked.All(label => labels.Contains(label, StringComparer.OrdinalIgnoreCase));

    /// <summary>Time from a count to the next one, by the calls that it took.</summary>
    public static TimeSpan Pause(QueueOptions options, int calls)
    {
        var afforded = calls == 0 || options.CallsPerHour == 0 ? TimeSpan.Zero : TimeSpan.FromHours((double)calls / options.CallsPerHour);
        return afforded > options.Interval ? afforded : options.Interval;
    }

    /// <summary>How long a count holds.</summary>
    public static TimeSpan Age(QueueOptions options, int calls) => (MissedCounts * Pause(options, calls)) + Slack;
}
