using Runner.Backends;

namespace Runner.Agent.Journal;

/// <summary>
/// One job in the <see cref="IJobJournal"/>, held by this agent. Disposing it leaves the job to the next one; removing it says that nothing
/// is left to do.
/// </summary>
internal abstract class JournalEntry(JournalRecord record) : IDisposable
{
    /// <summary>What is known of the job.</summary>
    public JournalRecord Record { get; private set; } = record;

    /// <summary>The job was acquired.</summary>
    public void Keep(JobLaunch launch) => Change(Record.With(launch));

    /// <summary>The job has a place. Never faults.</summary>
    public abstract Task LaunchedAsync();

    /// <summary>The job has lost its place before anything ran there, and is to be launched as is said here. Never faults.</summary>
    public abstract Task LostAsync(JobLaunch next);

    /// <summary>The job's worker runs: it may not be started again.</summary>
    public void NoteStart() => Change(Record with { HasStarted = true });

    /// <summary>Nothing is left to do for the job. Never faults.</summary>
    public abstract Task RemoveAsync();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Keeps what is known now.</summary>
    protected virtual void Change(JournalRecord next) => Record = next;
}
