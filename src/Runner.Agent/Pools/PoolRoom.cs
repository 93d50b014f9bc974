using Runner.Backends;

namespace Runner.Agent.Pools;

/// <summary>
/// Lets no more runners of a pool wait for jobs than there is room for their pods. A ticket is held from before a runner is registered until its job has a
/// pod, which the backend counts from then on.
/// </summary>
internal sealed class PoolRoom(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<RoomTicket> _tickets = [];
    private TaskCompletionSource _changed = NewSignal();
    private Func<JobRoom> _source = static () => JobRoom.Unlimited;

    /// <summary>The room that there is besides what has tickets.</summary>
    public JobRoom Room
    {
        get
        {
            lock (_gate)
            {
                return _source();
            }
        }
    }

    /// <summary>Runners that wait for a job, and jobs that wait for their pod.</summary>
    public (int Idle, int Launching) Unplaced
    {
        get
        {
            lock (_gate)
            {
                var launching = _tickets.Count(ticket => ticket.IsTaken);
                return (_tickets.Count - launching, launching);
            }
        }
    }

    /// <summary>Waits until there is room for one more.</summary>
    /// <param name="patience">How long at most; a job that is ours already is taken then all the same. <c>null</c>: for ever, and whoever has got in leaves where room is lost.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<RoomTicket> EnterAsync(TimeSpan? patience, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                // Asked anew: what was a ticket a moment ago may be a pod now.
                if (_source().Places is not { } places || _tickets.Count < places || time.GetElapsedTime(began) >= patience)
                {
                    var ticket = new RoomTicket(Forget, mayLeave: patience is null);
                    _tickets.Add(ticket);
                    return ticket;
                }

                changed = _changed.Task;
            }

            var left = patience is { } limit ? limit - time.GetElapsedTime(began) : Timeout.InfiniteTimeSpan;
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(changed, Task.Delay(left == Timeout.InfiniteTimeSpan || left > TimeSpan.Zero ? left : TimeSpan.Zero, time, ending.Token));
            await ending.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Says who knows the room, and looks at it again: where there is less than runners wait, the last of them leave.</summary>
    /// <param name="source">Says it, at once and without asking anybody.</param>
    public void Look(Func<JobRoom> source)
    {
        List<RoomTicket> leaving;
        lock (_gate)
        {
            _source = source;
            leaving = source().Places is { } places
                ? [.. _tickets.Where(ticket => ticket is { IsTaken: false, MayLeave: true }).TakeLast(Math.Max(0, _tickets.Count - places))]
                : [];
            Signal();
        }

        leaving.ForEach(ticket => ticket.Ask());
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private void Forget(RoomTicket ticket)
    {
        lock (_gate)
        {
            if (_tickets.Remove(ticket))
            {
                Signal();
            }
        }
    }
}

/// <summary>Room for one pod that is not made yet. Disposing it says that it is made, or is not wanted any more.</summary>
internal sealed class RoomTicket(Action<RoomTicket> forget, bool mayLeave) : IDisposable
{
    private readonly CancellationTokenSource _leave = new(); // never armed with a time, so that nothing is left in it
    private volatile bool _isTaken;

    /// <summary>Whether its runner may be asked to leave.</summary>
    public bool MayLeave => mayLeave;

    /// <summary>Whether its runner has a job.</summary>
    public bool IsTaken => _isTaken;

    /// <summary>Fires when the room is lost.</summary>
    public CancellationToken Leave => _leave.Token;

    /// <summary>Its runner has a job.</summary>
    public void Take() => _isTaken = true;

    /// <summary>Asks its runner to leave.</summary>
    public void Ask() => _leave.Cancel();

    /// <inheritdoc/>
    public void Dispose() => forget(this);
}
