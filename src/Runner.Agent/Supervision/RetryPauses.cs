using Runner.Agent.Configuration;
using Runner.Jobs.Errors;

namespace Runner.Agent.Supervision;

/// <summary>How long to wait after failed calls (<c>sessions-and-messages.md</c> section 3.3). Pure, but for chance.</summary>
internal static class RetryPauses
{
    private const int ShortPauses = 5;

    /// <summary>The pause of a loop after its n-th failure in a row, n from 1.</summary>
    public static TimeSpan OfLoop(SupervisionOptions options, int failures, Exception? error) =>
        AsAsked(error) ?? Spread(failures <= ShortPauses ? options.RetryPause : options.LongRetryPause);

    /// <summary>The pause of a call that a job waits for, after its n-th failure, n from 1: it doubles up to the loop's.</summary>
    public static TimeSpan OfJob(SupervisionOptions options, int failures, Exception? error)
    {
        var doubled = options.JobRetryPause * Math.Pow(2, Math.Min(failures - 1, 10));
        return AsAsked(error) ?? Spread(doubled < options.RetryPause ? doubled : options.RetryPause);
    }

    private static TimeSpan? AsAsked(Exception? error) => error is InfrastructureException { RetryAfter: { } asked } ? asked : null;

    // One to two times the pause, so that many slots that failed together do not come back together.
    private static TimeSpan Spread(TimeSpan pause) => pause * (1 + Random.Shared.NextDouble());
}
