namespace Runner.Testing.Cluster;

/// <summary>When watches are cut and versions expire, by a die that falls the same in every run.</summary>
internal sealed class WatchFaults(StandInClusterOptions options)
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(20);
    private int _watches;
    private int _cuts;

    /// <summary>How many watches were cut.</summary>
    public int Cuts
    {
        get
        {
            lock (_gate)
            {
                return _cuts;
            }
        }
    }

    /// <summary>A watch begins: whether its version is to have expired.</summary>
    public bool Expires()
    {
        lock (_gate)
        {
            return ++_watches > 1 && options.ExpireEvery is { } every && _watches % every == 0;
        }
    }

    /// <summary>After how many events a watch is cut, and whether within one.</summary>
    public (int After, bool IsWithin) NextCut()
    {
        lock (_gate)
        {
            return options.CutWatchAfter is { } mean ? (_random.Next(mean / 2, mean * 3 / 2), _random.Next(2) == 0) : (int.MaxValue, false);
        }
    }

    /// <summary>A watch was cut.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _cuts++;
        }
    }
}
