using Runner.Agent.Journal;

namespace Runner.Agent.Tests.Supervision;

/// <summary>A journal of jobs that keep nothing.</summary>
internal sealed class KeptJobs : IJobJournal
{
    public bool KeepsToTheEnd => false;

    /// <summary>All that were begun.</summary>
    public List<KeptJob> Kept { get; } = [];

    public Task<JournalEntry?> BeginAsync(JournalRecord record, CancellationToken cancellationToken)
    {
        Kept.Add(new KeptJob(record));
        return Task.FromResult<JournalEntry?>(Kept[^1]);
    }

    public Task<IReadOnlyList<JournalEntry>> TakeAbandonedAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<JournalEntry>>([]);
}
