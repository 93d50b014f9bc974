using Runner.Workflows.Planning;

namespace Runner.Workflows.Runs.Concurrency;

/// <summary>Where one that asked for a group stands.</summary>
internal enum ConcurrencyPlace
{
    /// <summary>Another one holds the group.</summary>
    Waits,

    /// <summary>It holds the group: it may run.</summary>
    Holds,

    /// <summary>It waited and will not have its turn.</summary>
    Lost,
}

/// <summary>One workflow or job in the queue of a group. <see cref="ConcurrencyGroups"/> keeps it up to date.</summary>
internal sealed class ConcurrencyTicket(ConcurrencyRequest request, IConcurrentRun run)
{
    public ConcurrencyRequest Request { get; } = request;

    /// <summary>The run to be told when something changes.</summary>
    public IConcurrentRun Run { get; } = run;

    public ConcurrencyPlace Place { get; set; }

    /// <summary>Why it is to stop, or never runs; <c>null</c>: nobody wants that.</summary>
    public string? CancelReason { get; set; }
}
