using Runner.Workflows.Planning;

namespace Runner.Workflows.Runs.Concurrency;

/// <summary>The turn of one workflow or job in its concurrency group; without a group it is always its turn.</summary>
/// <param name="request">Its group, or <c>null</c>.</param>
/// <param name="name">What GitHub calls it where it waits for itself.</param>
/// <param name="outer">The turn of what it is a part of: a job's workflow, a called workflow's job.</param>
/// <param name="groups">All groups.</param>
/// <param name="run">Its run.</param>
internal sealed class ConcurrencyTurn(
    ConcurrencyRequest? request, string name, ConcurrencyTurn? outer, ConcurrencyGroups groups, IConcurrentRun run)
{
    private ConcurrencyTicket? _ticket;

    /// <summary>The group, or <c>null</c>.</summary>
    public string? Group => request?.Group;

    /// <summary>Whether it stands in the queue of its group.</summary>
    public bool IsWaiting => _ticket?.Place == ConcurrencyPlace.Waits;

    /// <summary>Why it is to stop, or never runs; <c>null</c>: nobody wants that.</summary>
    public string? CancelReason => _ticket?.CancelReason;

    /// <summary>Whether <see cref="CancelReason"/> was acted on.</summary>
    public bool IsActedOn { get; set; }

    /// <summary>Asks for the group where that was not done before. True where it may run.</summary>
    public bool Take()
    {
        if (request is null)
        {
            return true;
        }

        _ticket ??= Blocker() is { } blocker ? Deadlocked(blocker) : groups.Enter(request, run);
        return _ticket.Place == ConcurrencyPlace.Holds;
    }

    /// <summary>Gives the group back.</summary>
    public void End()
    {
        if (_ticket is not null)
        {
            groups.Leave(_ticket);
        }
    }

    private ConcurrencyTurn? Blocker()
    {
        for (var around = outer; around is not null; around = around.Outer)
        {
            if (string.Equals(around.Group, request?.Group, StringComparison.OrdinalIgnoreCase))
            {
                return around;
            }
        }

        return null;
    }

    private ConcurrencyTurn? Outer => outer;

    private string Name => name;

    private ConcurrencyTicket Deadlocked(ConcurrencyTurn blocker) => new(request ?? throw new InvalidOperationException("Without a group nothing blocks"), run)
    {
        Place = ConcurrencyPlace.Lost,
        CancelReason = $"Canceling since a deadlock for concurrency group '{Group}' was detected between '{blocker.Name}' and '{name}'",
    };
}
