using Runner.Backends;

namespace Runner.Agent.Journal;

/// <summary>A job in the <see cref="JobJournal"/>: a file, which stays to the job's end.</summary>
internal sealed class FileEntry(JobJournal journal, string path, FileStream ownership, JournalRecord record) : JournalEntry(record)
{
    private readonly Lock _gate = new();
    private bool _isOver;

    /// <inheritdoc/>
    public override Task LaunchedAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public override Task LostAsync(JobLaunch next)
    {
        Keep(next);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task RemoveAsync()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _isOver = true;
                journal.Remove(path, ownership);
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Dispose()
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

    /// <summary>Writes what is known.</summary>
    internal void Write() => Change(Record);

    /// <inheritdoc/>
    protected override void Change(JournalRecord next)
    {
        lock (_gate)
        {
            base.Change(next);
            if (!_isOver)
            {
                journal.Write(path, next);
            }
        }
    }
}
