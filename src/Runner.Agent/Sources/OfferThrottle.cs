namespace Runner.Agent.Sources;

/// <summary>Slows down a runner whose offers turn out to be gone: no wait after the first, then 1 s, doubled up to 60 s (<c>sessions-and-messages.md</c> section 5.2).</summary>
internal sealed class OfferThrottle(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private int _failures;

    /// <summary>Waits as long as the failures so far ask for.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        _failures++;
        return _failures == 1 ? Task.CompletedTask : Task.Delay(Pause(_failures), time, cancellationToken);
    }

    private static TimeSpan Pause(int failures)
    {
        var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures - 2, 10)));
        return pause < Longest ? pause : Longest;
    }
}
