using System.Collections.Concurrent;

namespace Runner.Services.Blobs;

/// <summary>
/// Blobs in a folder, with the rules of Azure Blob Storage that GitHub's clients meet: block blobs written whole, append blobs that
/// are created, appended to and sealed. Contents are on disk only; in memory stands one small record for each blob.
/// </summary>
/// <remarks>Safe for many callers at once: writers of one blob wait for each other, and a refused or broken write leaves it as it was.</remarks>
public sealed class BlobStore
{
    /// <summary>Most bytes of one appended block (the limit of Azure's older API versions, which GitHub's runner names).</summary>
    public const int MaxBlockBytes = 4 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly TimeProvider _time;
    private long _version;

    /// <summary>A store in a folder, which is made where it does not exist. Files that are there already are not read.</summary>
    public BlobStore(string folder, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(time);
        _folder = Path.GetFullPath(folder);
        _time = time;
        Directory.CreateDirectory(_folder);
    }

    /// <summary>Writes a block blob whole; an older blob of that name is replaced once all of it has arrived.</summary>
    /// <param name="name">Name with slashes.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="contentType">Media type, or <c>null</c>.</param>
    /// <param name="onlyIfNew">Whether an existing blob is an error (<c>If-None-Match: *</c>).</param>
    /// <param name="cancellationToken">Ends the writing; the blob stays as it was.</param>
    /// <exception cref="BlobException">The name is not usable, or the blob exists and must not.</exception>
    public async Task<BlobInfo> PutAsync(
        string name, Stream content, string? contentType, bool onlyIfNew, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var entry = EntryOf(name);
        var incoming = $"{entry.Path}.{Guid.NewGuid():N}.part";
        Directory.CreateDirectory(Path.GetDirectoryName(entry.Path) ?? _folder);
        try
        {
            long length;
            await using (var file = new FileStream(incoming, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true))
            {
                await content.CopyToAsync(file, cancellationToken);
                length = file.Length;
            }

            using var held = await entry.HoldAsync(cancellationToken);
            RefuseSealed(entry);
            RefuseExisting(entry, onlyIfNew);
            File.Move(incoming, entry.Path, overwrite: true);
            return entry.Info = Stamp(new BlobInfo { Name = name, Type = BlobType.BlockBlob, Length = length }, contentType);
        }
        finally
        {
            File.Delete(incoming); // after a move there is nothing left to delete
        }
    }

    /// <summary>Makes an empty append blob; an older blob of that name is replaced.</summary>
    /// <exception cref="BlobException">The name is not usable, or the blob exists and must not.</exception>
    public async Task<BlobInfo> CreateAppendAsync(string name, string? contentType, bool onlyIfNew, CancellationToken cancellationToken)
    {
        var entry = EntryOf(name);
        using var held = await entry.HoldAsync(cancellationToken);
        RefuseExisting(entry, onlyIfNew);
        Directory.CreateDirectory(Path.GetDirectoryName(entry.Path) ?? _folder);
        await File.WriteAllBytesAsync(entry.Path, [], cancellationToken);
        return entry.Info = Stamp(new BlobInfo { Name = name, Type = BlobType.AppendBlob }, contentType);
    }

    /// <summary>Adds a block at the end.</summary>
    /// <param name="name">Name of an append blob.</param>
    /// <param name="block">The bytes, at most <see cref="MaxBlockBytes"/>.</param>
    /// <param name="expectedPosition">Length that the blob must have before (<c>x-ms-blob-condition-appendpos</c>), or <c>null</c>.</param>
    /// <param name="seal">Whether this is the last block.</param>
    /// <param name="cancellationToken">Ends the waiting for other writers.</param>
    /// <exception cref="BlobException">There is no such append blob, it is sealed, not at that position, or the block is too big.</exception>
    public async Task<BlobInfo> AppendAsync(
        string name, ReadOnlyMemory<byte> block, long? expectedPosition, bool seal, CancellationToken cancellationToken)
    {
        if (block.Length > MaxBlockBytes)
        {
            throw new BlobException(413, "RequestBodyTooLarge", $"A block has at most {MaxBlockBytes} bytes, this one has {block.Length}.");
        }

        var entry = EntryOf(name);
        using var held = await entry.HoldAsync(cancellationToken);
        var info = AppendBlob(entry, name);
        if (info.IsSealed)
        {
            throw BlobException.Sealed(name);
        }

        if (expectedPosition is { } position && position != info.Length)
        {
            throw new BlobException(
                412, "AppendPositionConditionNotMet", $"The blob has {info.Length} bytes, the condition says {position}.");
        }

        await using (var file = new FileStream(entry.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1, useAsync: true))
        {
            // Not at the file's own end: a write that broke off before left bytes that were never acknowledged.
            file.Position = info.Length;
            await file.WriteAsync(block, CancellationToken.None);
            file.SetLength(file.Position);
        }

        return entry.Info = Stamp(
            info with { Length = info.Length + block.Length, BlockCount = info.BlockCount + 1, IsSealed = seal }, info.ContentType);
    }

    /// <summary>Uploads one block of a block blob; it is part of none before <see cref="CommitBlocksAsync"/>.</summary>
    /// <param name="name">Name with slashes.</param>
    /// <param name="blockId">The client's id for it.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="length">How many there must be, or <c>null</c>.</param>
    /// <param name="cancellationToken">Ends the writing; the block is as it was.</param>
    /// <exception cref="BlobException">The name or the id is not usable, the blob is complete, or the length is another.</exception>
    public async Task StageBlockAsync(string name, string blockId, Stream content, long? length, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var entry = EntryOf(name);
        RefuseSealed(entry);
        await entry.Blocks.StageAsync(blockId, content, length, cancellationToken);
    }

    /// <summary>The blocks of a blob that are uploaded and not yet joined, with their lengths.</summary>
    public IReadOnlyList<(string Id, long Length)> StagedBlocks(string name) => EntryOf(name).Blocks.List();

    /// <summary>Joins uploaded blocks in the order given into a block blob; an older blob of that name is replaced.</summary>
    /// <exception cref="BlobException">The name is not usable, the blob is complete, or a block is missing.</exception>
    public async Task<BlobInfo> CommitBlocksAsync(
        string name, IReadOnlyList<string> blockIds, string? contentType, CancellationToken cancellationToken)
    {
        var entry = EntryOf(name);
        using var held = await entry.HoldAsync(cancellationToken);
        var incoming = $"{entry.Path}.{Guid.NewGuid():N}.part";
        Directory.CreateDirectory(Path.GetDirectoryName(entry.Path) ?? _folder);
        try
        {
            RefuseSealed(entry);
            long length;
            await using (var file = new FileStream(incoming, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true))
            {
                await entry.Blocks.JoinAsync(blockIds, file, cancellationToken);
                length = file.Length;
            }

            File.Move(incoming, entry.Path, overwrite: true);
            entry.Blocks.Delete();
            return entry.Info = Stamp(new BlobInfo { Name = name, Type = BlobType.BlockBlob, Length = length }, contentType);
        }
        finally
        {
            File.Delete(incoming);
        }
    }

    /// <summary>Closes a block blob for further writes, whatever addresses are still valid.</summary>
    /// <param name="name">Name of a blob.</param>
    /// <param name="contentType">Media type where the writer gave none, or <c>null</c>.</param>
    public void Freeze(string name, string? contentType)
    {
        var entry = EntryOf(name);
        entry.Info = entry.Info is { } info
            ? info with { IsSealed = true, ContentType = contentType ?? info.ContentType }
            : throw BlobException.NotFound(name);
    }

    /// <summary>Takes over a complete block blob that an earlier store left in the folder; false where there is none.</summary>
    public bool Adopt(string name, string? contentType)
    {
        var entry = EntryOf(name);
        if (new FileInfo(entry.Path) is not { Exists: true } file)
        {
            return false;
        }

        entry.Info = Stamp(new BlobInfo { Name = name, Type = BlobType.BlockBlob, Length = file.Length, IsSealed = true }, contentType);
        return true;
    }

    /// <summary>Deletes a blob and what was uploaded for it, also what an earlier store left of it.</summary>
    public void Delete(string name)
    {
        var entry = EntryOf(name);
        _entries.TryRemove(name, out _);
        entry.Info = null;
        entry.Blocks.Delete();
        if (File.Exists(entry.Path))
        {
            File.Delete(entry.Path);
        }
    }

    /// <summary>Closes an append blob for further blocks. Sealing it again changes nothing.</summary>
    /// <exception cref="BlobException">There is no such append blob.</exception>
    public async Task<BlobInfo> SealAsync(string name, CancellationToken cancellationToken)
    {
        var entry = EntryOf(name);
        using var held = await entry.HoldAsync(cancellationToken);
        var info = AppendBlob(entry, name);
        return entry.Info = info.IsSealed ? info : Stamp(info with { IsSealed = true }, info.ContentType);
    }

    /// <summary>The blob's properties, or <c>null</c> where there is none.</summary>
    public BlobInfo? Find(string name) => _entries.TryGetValue(name, out var entry) ? entry.Info : null;

    /// <summary>Opens what is there now for reading, or <c>null</c> where there is no such blob. The caller disposes it.</summary>
    public Stream? OpenRead(string name) => Find(name) is null
        ? null
        : new FileStream(
            EntryOf(name).Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, useAsync: true);

    /// <summary>Deletes all blobs whose names begin so. Writers that are at it see them gone.</summary>
    /// <param name="prefix">A folder's name with its slash.</param>
    public void DeleteAll(string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        foreach (var name in _entries.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            if (_entries.TryRemove(name, out var entry))
            {
                entry.Info = null;
                File.Delete(entry.Path);
            }
        }
    }

    private static void RefuseSealed(Entry entry)
    {
        if (entry.Info is { IsSealed: true } info)
        {
            throw BlobException.Sealed(info.Name);
        }
    }

    private static void RefuseExisting(Entry entry, bool onlyIfNew)
    {
        if (onlyIfNew && entry.Info is { } existing)
        {
            throw BlobException.AlreadyExists(existing.Name);
        }
    }

    private static BlobInfo AppendBlob(Entry entry, string name) => entry.Info switch
    {
        null => throw BlobException.NotFound(name),
        { Type: BlobType.AppendBlob } info => info,
        _ => throw BlobException.WrongType(name),
    };

    private BlobInfo Stamp(BlobInfo info, string? contentType) => info with
    {
        ContentType = string.IsNullOrEmpty(contentType) ? info.ContentType : contentType,
        LastModified = _time.GetUtcNow(),
        ETag = $"\"0x{Interlocked.Increment(ref _version):X}\"",
    };

    private Entry EntryOf(string name) => _entries.GetOrAdd(name, static (key, folder) =>
    {
        var segments = key.Split('/');
        return segments.All(IsUsable)
            ? new Entry(Path.Combine([folder, .. segments]))
            : throw new BlobException(400, "InvalidResourceName", $"'{key}' is no name for a blob.");
    }, _folder);

    private static bool IsUsable(string segment) =>
        segment is not ("" or "." or "..") && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing to free.
    private sealed class Entry(string path)
#pragma warning restore CA1001
    {
        private readonly SemaphoreSlim _gate = new(1, 1);
        private volatile BlobInfo? _info;

        public string Path { get; } = path;

        public StagedBlocks Blocks { get; } = new(path + ".blocks");

        public BlobInfo? Info { get => _info; set => _info = value; }

        public async Task<Hold> HoldAsync(CancellationToken cancellationToken)
        {
            await _gate.WaitAsync(cancellationToken);
            return new Hold(_gate);
        }
    }

    private readonly struct Hold(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
