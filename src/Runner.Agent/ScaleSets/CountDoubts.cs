using Runner.Protocol.ScaleSets;

namespace Runner.Agent.ScaleSets;

/// <summary>
/// Holds what the messages said against GitHub's own count. An assignment may vanish without a word, and a message may be lost; both counts may
/// lag for a while. So they are believed where they differ in one direction at all readings of a minute. Pure; not thread-safe.
/// </summary>
internal sealed class CountDoubts
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private int _least;
    private DateTimeOffset _since;

    /// <summary>Whether the counts differed when they were last held against each other, so that another reading decides.</summary>
    public bool IsOpen => _least != 0;

    /// <summary>By how many jobs what is known has to be corrected: fewer than 0 are not assigned any more, more than 0 were not told.</summary>
    /// <param name="waiting">Jobs that wait for a runner, as far as is known.</param>
    /// <param name="counted">GitHub's count.</param>
    /// <param name="now">When it was read.</param>
    public int Judge(int waiting, ScaleSetStatistics counted, DateTimeOffset now)
    {
        var difference = Math.Max(0, counted.TotalAssignedJobs - counted.TotalRunningJobs) - waiting;
        if (difference == 0 || Math.Sign(difference) != Math.Sign(_least))
        {
            (_least, _since) = (difference, now);
            return 0;
        }

        _least = Math.Sign(difference) * Math.Min(Math.Abs(_least), Math.Abs(difference));
        if (now - _since < Patience)
        {
            return 0;
        }

        var believed = _least;
        (_least, _since) = (0, now);
        return believed;
    }
}
