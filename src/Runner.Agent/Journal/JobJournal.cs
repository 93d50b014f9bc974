using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;

namespace Runner.Agent.Journal;

/// <summary>
/// Keeps on disk what is needed to start or to conclude the jobs that this agent has taken, from before they are acquired to their end:
/// however the agent ends, the next one of this machine takes them up.
/// </summary>
/// <remarks>
/// Each job has a file, and a lock beside it that its agent holds for as long as it lives. Files are readable by the agent's user alone and
/// sealed. Where the folder cannot be used, jobs are taken all the same, and the log says so.
/// </remarks>
/// <param name="folder">Where.</param>
/// <param name="seal">Seals records.</param>
/// <param name="logger">Where to log.</param>
internal sealed class JobJournal(string folder, JournalSeal seal, ILogger<JobJournal> logger) : IJobJournal
{
    private const string FileEnd = ".job";
    private const string LockEnd = ".lock";
    private const string NextEnd = ".new";
    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <inheritdoc/>
    public bool KeepsToTheEnd => true;

    /// <inheritdoc/>
    public Task<JournalEntry?> BeginAsync(JournalRecord record, CancellationToken cancellationToken) => Task.FromResult<JournalEntry?>(Begin(record));

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalEntry>> TakeAbandonedAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JournalEntry>>(TakeAbandoned());

    private FileEntry? Begin(JournalRecord record)
    {
        try
        {
            MakeFolder();
            var path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
            var ownership = Lock(path + LockEnd) ?? throw new IOException($"'{path}{LockEnd}' is locked");
            var entry = new FileEntry(this, path, ownership, record);
            entry.Write();
            return entry;
        }
        catch (Exception error) when (IsOfDisk(error))
        {
            logger.JournalFailed(folder, error.Message);
            return null;
        }
    }

    private List<FileEntry> TakeAbandoned()
    {
        var found = new List<FileEntry>();
        try
        {
            Sweep();
            foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + FileEnd) : [])
            {
                var path = file[..^FileEnd.Length];
                if (Lock(path + LockEnd) is { } ownership && Open(path, ownership) is { } entry)
                {
                    found.Add(entry);
                }
            }
        }
        catch (Exception error) when (IsOfDisk(error))
        {
            logger.JournalFailed(folder, error.Message);
        }

        return found;
    }

    // An agent that is killed before its record is written, or after it was removed, leaves the lock.
    private void Sweep()
    {
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + LockEnd) : [])
        {
            var path = file[..^LockEnd.Length];
            if (!File.Exists(path + FileEnd) && Lock(file) is { } ownership)
            {
                if (File.Exists(path + FileEnd))
                {
                    ownership.Dispose(); // written meanwhile by one that has just ended
                    continue;
                }

                File.Delete(path + NextEnd);
                Remove(path, ownership);
            }
        }
    }

    /// <summary>Writes a record in the place of the one before, so that a reader sees the one or the other.</summary>
    internal void Write(string path, JournalRecord record)
    {
        var (file, next) = (path + FileEnd, path + NextEnd);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = PrivateFile;
            }

            using (var stream = new FileStream(next, options))
            {
                stream.Write(seal.Seal(JsonSerializer.SerializeToUtf8Bytes(record, JournalJson.Default.JournalRecord)));
                stream.Flush(flushToDisk: true);
            }

            File.Move(next, file, overwrite: true);
        }
        catch (Exception error) when (IsOfDisk(error))
        {
            logger.JournalFailed(file, error.Message);
        }
    }

    /// <summary>Removes a record, and then its lock.</summary>
    internal void Remove(string path, FileStream ownership)
    {
        try
        {
            File.Delete(path + FileEnd);
            File.Delete(path + LockEnd);
        }
        catch (Exception error) when (IsOfDisk(error))
        {
            logger.JournalFailed(path, error.Message);
        }

        ownership.Dispose();
    }

    private static bool IsOfDisk(Exception error) => error is IOException or UnauthorizedAccessException or CryptographicException or OperatorException;

    private static FileStream? Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null; // its agent lives, or another one is faster
        }
    }

    private FileEntry? Open(string path, FileStream ownership)
    {
        try
        {
            var json = seal.Unseal(File.ReadAllBytes(path + FileEnd));
            if (JsonSerializer.Deserialize(json, JournalJson.Default.JournalRecord) is { } record)
            {
                return new FileEntry(this, path, ownership, record);
            }
        }
        catch (FileNotFoundException)
        {
            // Its agent removed it since it was listed.
        }
        catch (Exception error) when (error is CryptographicException or JsonException or ArgumentException)
        {
            logger.JournalUnreadable(path + FileEnd, error.Message);
        }

        Remove(path, ownership);
        return null;
    }

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, PrivateFolder);
        if ((File.GetUnixFileMode(folder) & ~PrivateFolder) != UnixFileMode.None)
        {
            throw new OperatorException($"The folder '{folder}' of agent.stateFolder is open to others (expected mode 700)");
        }
    }
}
