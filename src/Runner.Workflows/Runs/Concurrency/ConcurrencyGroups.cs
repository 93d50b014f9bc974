using Runner.Workflows.Planning;

namespace Runner.Workflows.Runs.Concurrency;

/// <summary>
/// The concurrency groups of a repository: of each, one workflow or job runs at a time (GitHub's "Control the concurrency of workflows and
/// jobs"). Runs that are to keep out of each other's way share one of these. No I/O and no clock; not thread-safe.
/// </summary>
/// <remarks>
/// What one run does may concern another: it is cancelled, or its turn has come. Those are in <see cref="TakeConcerned()"/>; whoever drives
/// the runs calls <see cref="IConcurrentRun.Continue"/> of each, until there are none.
/// </remarks>
public sealed class ConcurrencyGroups
{
    private const int MaxWaiting = 100;

    private readonly Dictionary<string, Group> _groups = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<IConcurrentRun> _concerned = [];

    /// <summary>The runs that something changed for since the last call.</summary>
    public IReadOnlyList<IConcurrentRun> TakeConcerned()
    {
        List<IConcurrentRun> concerned = [.. _concerned.Distinct()];
        _concerned.Clear();
        return concerned;
    }

    /// <summary>Takes one run out of those that something changed for. False where it was not among them.</summary>
    internal bool TakeConcerned(IConcurrentRun run) => _concerned.RemoveAll(concerned => concerned == run) > 0;

    /// <summary>Asks for a group. The ticket says what came of it, now and later.</summary>
    internal ConcurrencyTicket Enter(ConcurrencyRequest request, IConcurrentRun run)
    {
        var ticket = new ConcurrencyTicket(request, run);
        if (!_groups.TryGetValue(request.Group, out var group))
        {
            _groups[request.Group] = new Group { Holder = ticket };
            ticket.Place = ConcurrencyPlace.Holds;
            return ticket;
        }

        if (request.CancelsInProgress)
        {
            Cancel(group.Holder, request.Group);
        }

        if (!request.KeepsQueue)
        {
            Displace(group, request.Group);
        }
        else if (group.Waiting.Count >= MaxWaiting)
        {
            ticket.Place = ConcurrencyPlace.Lost;
            ticket.CancelReason = $"Canceling since {MaxWaiting} others wait for {request.Group} already";
            return ticket;
        }

        group.Waiting.Add(ticket);
        return ticket;
    }

    /// <summary>Gives a group, or the place in its queue, back. A ticket that is given back again changes nothing.</summary>
    internal void Leave(ConcurrencyTicket ticket)
    {
        if (!_groups.TryGetValue(ticket.Request.Group, out var group))
        {
            return;
        }

        group.Waiting.Remove(ticket);
        if (group.Holder != ticket)
        {
            return;
        }

        if (group.Waiting.Count == 0)
        {
            _groups.Remove(ticket.Request.Group);
            return;
        }

        group.Holder = group.Waiting[0];
        group.Waiting.RemoveAt(0);
        group.Holder.Place = ConcurrencyPlace.Holds;
        _concerned.Add(group.Holder.Run);
    }

    private void Displace(Group group, string name)
    {
        foreach (var waiting in group.Waiting)
        {
            waiting.Place = ConcurrencyPlace.Lost;
            Cancel(waiting, name);
        }

        group.Waiting.Clear();
    }

    // GitHub's words, for those that wait and those that run alike.
    private void Cancel(ConcurrencyTicket ticket, string group)
    {
        ticket.CancelReason ??= $"Canceling since a higher priority waiting request for {group} exists";
        _concerned.Add(ticket.Run);
    }

    private sealed class Group
    {
        public required ConcurrencyTicket Holder { get; set; }

        public List<ConcurrencyTicket> Waiting { get; } = [];
    }
}
