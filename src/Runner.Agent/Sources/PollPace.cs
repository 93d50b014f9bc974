namespace Runner.Agent.Sources;

/// <summary>
/// Keeps polls that bring nothing from following each other without a pause. GitHub holds a poll for 50 s; a session whose runner is used
/// up answers at once, with nothing, again and again, and an offer that nobody takes comes with every poll.
/// </summary>
internal sealed class PollPace(TimeProvider time)
{
    /// <summary>So many empty answers in a row, each at once, mean that the runner is used up.</summary>
    public const int UsedUp = 6;

    // A poll that was answered sooner was not held.
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private int _quick;
    private int _quickAndEmpty;
    private long _started;

    /// <summary>Whether the runner cannot get a job any more.</summary>
    public bool IsUsedUp => _quickAndEmpty >= UsedUp;

    /// <summary>Waits as long as the answers so far ask for: not at all after one that came at once, then 0.2 s, doubled up to 15 s.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (_quick > 1)
        {
            var pause = First * Math.Pow(2, Math.Min(_quick - 2, 10));
            await Task.Delay(pause < Longest ? pause : Longest, time, cancellationToken);
        }

        _started = time.GetTimestamp();
    }

    /// <summary>A poll was answered.</summary>
    /// <param name="isEmpty">Whether without a message.</param>
    /// <param name="isNew">Whether with one that cannot come again, so that the next poll need not wait.</param>
    public void End(bool isEmpty, bool isNew = false)
    {
        var isQuick = time.GetElapsedTime(_started) < Held;
        _quick = isQuick && !isNew ? _quick + 1 : 0;
        _quickAndEmpty = isQuick && isEmpty ? _quickAndEmpty + 1 : 0;
    }
}
