using System.Collections.Concurrent;
using Runner.Emulator.Results;
using Runner.Jobs;
using Runner.Services.Blobs;

namespace Runner.Emulator.Tenant;

/// <summary>
/// Logs by number. One is shown once a record refers to it, as the job's or the step's; what no record refers to at the end of the job is
/// lost, as nobody could find it.
/// </summary>
internal sealed class TenantLogs(BlobStore blobs, UploadUrls uploads)
{
    private readonly ConcurrentDictionary<int, Log> _logs = new();
    private int _last;

    /// <summary>Makes one.</summary>
    public async Task<int> CreateAsync(JobId job, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _last);
        var log = new Log(job, $"{LogNames.Folder(job)}papers/{id}.txt");
        await StartAsync(job, log.Blob, cancellationToken);
        _logs[id] = log;
        return id;
    }

    /// <summary>Adds a page. False where the job has no such log.</summary>
    public async Task<bool> AppendAsync(JobId job, int id, ReadOnlyMemory<byte> page, CancellationToken cancellationToken)
    {
        if (!_logs.TryGetValue(id, out var log) || log.Job != job)
        {
            return false;
        }

        log.Lines += page.Span.Count((byte)'\n');
        await AppendAsync(log.Blob, page, cancellationToken);
        if (log.ShownAs is { } shown)
        {
            await AppendAsync(shown, page, cancellationToken);
        }

        return true;
    }

    /// <summary>Shows a log as that of a record. False where the job has no such log.</summary>
    public async Task<bool> ShowAsync(JobId job, Guid record, int id, CancellationToken cancellationToken)
    {
        if (!_logs.TryGetValue(id, out var log) || log.Job != job)
        {
            return false;
        }

        var name = record == job.Value ? LogNames.Job(job) : LogNames.Step(job, new StepId(record));
        if (log.ShownAs == name)
        {
            return true;
        }

        foreach (var other in _logs.Values.Where(other => other.ShownAs == name))
        {
            other.ShownAs = null;
        }

        await StartAsync(job, name, cancellationToken);
        using var content = new MemoryStream();
        if (blobs.OpenRead(log.Blob) is { } stream)
        {
            await using (stream)
            {
                await stream.CopyToAsync(content, cancellationToken);
            }
        }

        await AppendAsync(name, content.ToArray(), cancellationToken);
        log.ShownAs = name;
        return true;
    }

    /// <summary>Lines of a log.</summary>
    public long? LinesOf(int id) => _logs.TryGetValue(id, out var log) ? log.Lines : null;

    /// <summary>Forgets the logs of a job that has ended; what is shown stays.</summary>
    public void Drop(JobId job)
    {
        foreach (var (id, log) in _logs.Where(log => log.Value.Job == job).ToList())
        {
            _logs.TryRemove(id, out _);
            blobs.Delete(log.Blob);
        }
    }

    private async Task StartAsync(JobId job, string name, CancellationToken cancellationToken)
    {
        uploads.Reserve(job, name);
        await blobs.CreateAppendAsync(name, "text/plain", onlyIfNew: false, cancellationToken);
    }

    private async Task AppendAsync(string name, ReadOnlyMemory<byte> page, CancellationToken cancellationToken)
    {
        for (var at = 0; at < page.Length; at += BlobStore.MaxBlockBytes)
        {
            var block = page[at..Math.Min(page.Length, at + BlobStore.MaxBlockBytes)];
            await blobs.AppendAsync(name, block, expectedPosition: null, seal: false, cancellationToken);
        }
    }

    private sealed class Log(JobId job, string blob)
    {
        public JobId Job => job;

        public string Blob => blob;

        public string? ShownAs { get; set; }

        public long Lines { get; set; }
    }
}
