using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Runner.Backends;
using Runner.Jobs.Errors;

namespace Runner.Agent.Journal;

/// <summary>
/// Keeps jobs that were taken where the backend's agents see each other's: from before a job is acquired until it has its place, which says all about it from
/// then on.
/// </summary>
internal sealed class BackendJournal(ITakenJobs jobs, string place, JournalSeal seal, TimeProvider time, ILogger<BackendJournal> logger) : IJobJournal
{
    // An offer lapses after a minute: a job that cannot be kept within this time is taken without.
    private static readonly TimeSpan KeepLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public bool KeepsToTheEnd => false;

    /// <inheritdoc/>
    public async Task<JournalEntry?> BeginAsync(JournalRecord record, CancellationToken cancellationToken)
    {
        var name = Guid.NewGuid().ToString("N");
        return await KeepAsync(name, record, cancellationToken) ? new Entry(this, name, record) : null;
    }

    private async Task<bool> KeepAsync(string name, JournalRecord record, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(KeepLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await jobs.KeepAsync(name, seal.Seal(JsonSerializer.SerializeToUtf8Bytes(record, JournalJson.Default.JournalRecord)), both.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            logger.JournalFailed(place, $"it took longer than {KeepLimit.TotalSeconds:0} s");
        }
        catch (Exception error) when (error is InfrastructureException or IOException or UnauthorizedAccessException)
        {
            logger.JournalFailed(place, error.Message);
        }

        return false;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JournalEntry>> TakeAbandonedAsync(CancellationToken cancellationToken)
    {
        var found = new List<JournalEntry>();
        foreach (var (name, content) in await jobs.TakeAbandonedAsync(cancellationToken))
        {
            if (Read(name, content) is { } record)
            {
                found.Add(new Entry(this, name, record));
            }
            else
            {
                await RemoveAsync(name);
            }
        }

        return found;
    }

    private JournalRecord? Read(string name, byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(seal.Unseal(content), JournalJson.Default.JournalRecord);
        }
        catch (Exception error) when (error is CryptographicException or JsonException or IOException or UnauthorizedAccessException)
        {
            logger.JournalUnreadable($"{place}: {name}", error.Message);
            return null;
        }
    }

    private async Task RemoveAsync(string name)
    {
        using var limit = new CancellationTokenSource(RemovalLimit, time);
        try
        {
            await jobs.RemoveAsync(name, limit.Token);
        }
        catch (Exception error) when (error is InfrastructureException or OperationCanceledException)
        {
            jobs.LetGo(name); // the next look finds that nothing is left to do
            logger.JournalFailed(place, error.Message);
        }
    }

    private sealed class Entry(BackendJournal journal, string name, JournalRecord record) : JournalEntry(record)
    {
        private string _name = name;
        private int _isOver;

        public override Task LaunchedAsync() => RemoveAsync();

        // The place said all about the job: until it has the next one, this does again.
        public override async Task LostAsync(JobLaunch next)
        {
            Keep(next);
            var another = Guid.NewGuid().ToString("N"); // the first one may be there still, with what it said
            if (await journal.KeepAsync(another, Record, CancellationToken.None))
            {
                _name = another;
                Volatile.Write(ref _isOver, 0);
            }
        }

        public override Task RemoveAsync()
        {
            if (Interlocked.Exchange(ref _isOver, 1) != 0)
            {
                return Task.CompletedTask;
            }

            Change(Record with { JitConfig = string.Empty, JobMessage = null, Payload = null }); // the job may be looked after for days
            return journal.RemoveAsync(_name);
        }

        public override void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                journal.LetGo(_name);
            }
        }
    }

    private void LetGo(string name) => jobs.LetGo(name);
}
