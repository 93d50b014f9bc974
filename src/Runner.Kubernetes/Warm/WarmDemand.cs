using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Warm;

/// <summary>How many pods of a pool are to wait: between its bounds, more after each job that found none, fewer as they wait in vain.</summary>
internal sealed class WarmDemand(WarmOptions options)
{
    private readonly Lock _gate = new();
    private int _wanted = options.Min;

    /// <summary>So many.</summary>
    public int Wanted
    {
        get
        {
            lock (_gate)
            {
                return _wanted;
            }
        }
    }

    /// <summary>A job would have had one, and found none.</summary>
    public void Miss()
    {
        lock (_gate)
        {
            _wanted = Math.Min(_wanted + 1, options.Most);
        }
    }

    /// <summary>So many waited in vain.</summary>
    public void Idle(int count)
    {
        lock (_gate)
        {
            _wanted = Math.Max(_wanted - count, options.Min);
        }
    }
}
