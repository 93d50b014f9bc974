using Runner.Backends;

namespace Runner.Agent.Journal;

/// <summary>
/// One job in the <see cref="JobJournal"/>, held by this agent. Disposing it leaves the job to the next one; removing it says that nothing
/// is left to do.
/// </summary>
internal sealed class JournalEntry(JobJournal journal, string path, FileStream ownership, JournalRecord record) : IDisposable
{
    private readonly Lock _gate = new();
    private bool _isOver;

    /// <summary>What is known of the job.</summary>
    public JournalRecord Record { get; private set; } = record;

    /// <summary>The job was acquired.</summary>
    public void Keep(JobLaunch launch) => Write(Record.With(launch));

    /// <summary>The job's worker runs: it may not be started again.</summary>
    public void NoteStart() => Write(Record with { HasStarted = true });

    /// <summary>Writes what is known now.</summary>
    public void Write(JournalRecord next)
    {
        lock (_gate)
        {
            Record = next;
            if (!_isOver)
            {
                journal.Write(path, next);
            }
        }
    }

    /// <summary>Nothing is left to do for the job.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _isOver = true;
                journal.Remove(path, ownership);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _isOver = true;
                ownership.Dispose();
            }
        }
    }
}
