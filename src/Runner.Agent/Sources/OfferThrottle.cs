namespace Runner.Agent.Sources;

/// <summary>Slows down a runner whose offers turn out to be gone: no wait after the first, then 1 s, doubled up to 60 s (<c>sessions-and-messages.md</c> section 5.2).</summary>
internal sealed class OfferThrottle(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private int _failures;
    private bool _isDue;

    /// <summary>An offer was lost.</summary>
    public void Fail()
    {
        _failures++;
        _isDue = true;
    }

    /// <summary>A job was taken.</summary>
    public void Reset() => (_failures, _isDue) = (0, false);

    /// <summary>Waits as long as the failures in a row ask for, once after each.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var isDue = _isDue && _failures > 1;
        _isDue = false;
        return isDue ? Task.Delay(Pause(_failures), time, cancellationToken) : Task.CompletedTask;
    }

    private static TimeSpan Pause(int failures)
    {
        var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures - 2, 10)));
        return pause < Longest ? pause : Longest;
    }
}
