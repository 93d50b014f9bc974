using System.Globalization;
using Runner.Backends;
using Runner.Jobs.Launch;

namespace Runner.Agent.Monitoring;

/// <summary>The five moments of a job as times between them. Pure.</summary>
internal static class JobPhases
{
    /// <summary>Names of the phases, in order: labels of metrics. <c>total</c> is from the message to the first step.</summary>
    public static IReadOnlyList<string> Names { get; } = ["created", "scheduled", "containers_started", "first_step", "total"];

    /// <summary>How long each phase took, from the moment before it that is known. Phases of which nothing is known are left out.</summary>
    public static IReadOnlyList<(string Phase, TimeSpan Duration)> Durations(LaunchTimes times)
    {
        (string Phase, DateTimeOffset? Moment)[] moments =
        [
            ("created", times.PodCreated), ("scheduled", times.Scheduled), ("containers_started", times.ContainersStarted), ("first_step", times.FirstStep),
        ];
        var durations = new List<(string, TimeSpan)>();
        var before = times.MessageSeen;
        foreach (var (phase, moment) in moments)
        {
            if (moment is { } reached && before is { } left)
            {
                durations.Add((phase, NotNegative(reached - left)));
            }

            before = moment ?? before;
        }

        if (times is { MessageSeen: { } seen, FirstStep: { } first })
        {
            durations.Add(("total", NotNegative(first - seen)));
        }

        return durations;
    }

    /// <summary>The times of an end with what only the worker and the launch know.</summary>
    public static LaunchTimes Complete(JobEnd end, DateTimeOffset messageSeen) => end.Times with
    {
        MessageSeen = end.Times.MessageSeen ?? messageSeen,
        FirstStep = end.Outcome?.FirstStep ?? end.Times.FirstStep,
    };

    /// <summary>All five moments for a log line; <c>-</c> where one is not known.</summary>
    public static string Describe(LaunchTimes times) => string.Join(
        ' ',
        $"seen={Moment(times.MessageSeen)}",
        $"created={Moment(times.PodCreated)}",
        $"scheduled={Moment(times.Scheduled)}",
        $"containersStarted={Moment(times.ContainersStarted)}",
        $"firstStep={Moment(times.FirstStep)}");

    private static string Moment(DateTimeOffset? moment) =>
        moment?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) ?? "-";

    // Clocks of nodes and of the API server (whole seconds) differ a little from ours.
    private static TimeSpan NotNegative(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;
}
