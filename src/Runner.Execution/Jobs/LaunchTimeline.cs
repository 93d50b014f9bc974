using System.Globalization;
using Runner.Jobs.Launch;

namespace Runner.Execution.Jobs;

/// <summary>The moments of a job's launch as lines of its log. Pure.</summary>
internal static class LaunchTimeline
{
    /// <summary>One line for each moment that is known, with the time since the one before.</summary>
    public static IEnumerable<string> Lines(LaunchTimes times)
    {
        DateTimeOffset? before = null;
        foreach (var (name, moment) in Moments(times))
        {
            if (moment is not { } at)
            {
                continue;
            }

            var text = at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            yield return before is { } earlier
                ? string.Create(CultureInfo.InvariantCulture, $"{name + ":",-20}{text} (+{(at - earlier).TotalSeconds:0.000} s)")
                : $"{name + ":",-20}{text}";
            before = at;
        }
    }

    // Said so that it is right of a pod, a container and a process.
    private static IEnumerable<(string Name, DateTimeOffset? At)> Moments(LaunchTimes times) =>
    [
        ("Message seen", times.MessageSeen),
        ("Created", times.PodCreated),
        ("Scheduled", times.Scheduled),
        ("Set up", times.SetUp),
        ("Started", times.ContainersStarted),
        ("First step", times.FirstStep),
    ];
}
