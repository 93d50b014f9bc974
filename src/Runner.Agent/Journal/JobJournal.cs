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
/// sealed (AES-GCM) by a key that is made of the GitHub credentials: who can read a job's secrets out of them could read those of every job
/// without them. Where the folder cannot be used, jobs are taken all the same, and the log says so.
/// </remarks>
/// <param name="folder">Where, or <c>null</c>: this agent keeps none, as its backend does.</param>
/// <param name="credentials">File whose content makes the key.</param>
/// <param name="logger">Where to log.</param>
internal sealed class JobJournal(string? folder, string? credentials, ILogger<JobJournal> logger)
{
    private const string FileEnd = ".job";
    private const string LockEnd = ".lock";
    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Keeps a job; <c>null</c> where that cannot be, which is told.</summary>
    public JournalEntry? Begin(JournalRecord record)
    {
        if (folder is null)
        {
            return null;
        }

        try
        {
            MakeFolder();
            var path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
            var ownership = Lock(path + LockEnd) ?? throw new IOException($"'{path}{LockEnd}' is locked");
            var entry = new JournalEntry(this, path, ownership, record);
            entry.Write(record);
            return entry;
        }
        catch (Exception error) when (IsOfDisk(error))
        {
            logger.JournalFailed(folder, error.Message);
            return null;
        }
    }

    /// <summary>Takes over the jobs whose agents are gone. Who gets an entry disposes it, or removes it once nothing is left to do.</summary>
    public IReadOnlyList<JournalEntry> TakeAbandoned()
    {
        var found = new List<JournalEntry>();
        try
        {
            foreach (var file in folder is not null && Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + FileEnd) : [])
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
            logger.JournalFailed(folder ?? string.Empty, error.Message);
        }

        return found;
    }

    /// <summary>Writes a record in the place of the one before, so that a reader sees the one or the other.</summary>
    internal void Write(string path, JournalRecord record)
    {
        var (file, next) = (path + FileEnd, path + ".new");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = PrivateFile;
            }

            using (var stream = new FileStream(next, options))
            {
                stream.Write(Seal(JsonSerializer.SerializeToUtf8Bytes(record, JournalJson.Default.JournalRecord)));
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

    private JournalEntry? Open(string path, FileStream ownership)
    {
        try
        {
            var json = Unseal(File.ReadAllBytes(path + FileEnd));
            if (JsonSerializer.Deserialize(json, JournalJson.Default.JournalRecord) is { } record)
            {
                return new JournalEntry(this, path, ownership, record);
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
        if (folder is null)
        {
            return;
        }

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

    private byte[] Seal(byte[] text)
    {
        using var aes = Cipher();
        var result = new byte[AesGcm.NonceByteSizes.MaxSize + AesGcm.TagByteSizes.MaxSize + text.Length];
        var (nonce, tag, sealedText) = Parts(result);
        RandomNumberGenerator.Fill(nonce.Span);
        aes.Encrypt(nonce.Span, text, sealedText.Span, tag.Span);
        return result;
    }

    private byte[] Unseal(byte[] bytes)
    {
        using var aes = Cipher();
        var (nonce, tag, sealedText) = Parts(bytes);
        var text = new byte[sealedText.Length];
        aes.Decrypt(nonce.Span, sealedText.Span, tag.Span, text);
        return text;
    }

    private AesGcm Cipher()
    {
        var shared = credentials is null ? [] : File.ReadAllBytes(credentials);
        return new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, info: "runner agent's journal of jobs"u8.ToArray()), AesGcm.TagByteSizes.MaxSize);
    }

    private static (Memory<byte> Nonce, Memory<byte> Tag, Memory<byte> Text) Parts(Memory<byte> bytes)
    {
        var (nonce, tag) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        return bytes.Length < nonce + tag
            ? throw new CryptographicException("it is too short")
            : (bytes[..nonce], bytes[nonce..(nonce + tag)], bytes[(nonce + tag)..]);
    }
}
