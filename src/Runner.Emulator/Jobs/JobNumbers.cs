namespace Runner.Emulator.Jobs;

/// <summary>Numbers of jobs, which their messages hold and by which the REST API knows them.</summary>
internal sealed class JobNumbers
{
    private long _last;

    /// <summary>The next one, from 1.</summary>
    public long Next() => Interlocked.Increment(ref _last);
}
