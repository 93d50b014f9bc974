namespace Runner.Agent.Journal;

/// <summary>
/// Keeps what is needed to start or to conclude the jobs that this agent has taken, from before they are acquired: however the agent ends, the next one takes
/// them up. Records hold secrets, and are sealed.
/// </summary>
internal interface IJobJournal
{
    /// <summary>Whether a record stays to the end of its job; else until the job has its place, by which it is found from then on.</summary>
    bool KeepsToTheEnd { get; }

    /// <summary>Keeps a job; <c>null</c> where that cannot be, which is told: it is taken all the same.</summary>
    Task<JournalEntry?> BeginAsync(JournalRecord record, CancellationToken cancellationToken);

    /// <summary>Takes over the jobs whose agents are gone. Who gets an entry disposes it, or removes it once nothing is left to do.</summary>
    Task<IReadOnlyList<JournalEntry>> TakeAbandonedAsync(CancellationToken cancellationToken);
}
