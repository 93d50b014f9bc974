using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Runner.Services.Blobs;

/// <summary>
/// Blobs in a folder, with the rules of Azure Blob Storage that GitHub's clients meet: block blobs written whole, append blobs that
/// are created, appended to and sealed. Contents are on disk only; in memory stands one small record for each blob.
/// </summary>
/// <remarks>
/// Safe for many callers at once: writers of one blob wait for each other, and a refused or broken write leaves it as it was. Only what <see cref="Reserve"/> named
/// can be written, and nothing after it was sealed or deleted: an address lives longer than what it was given for.
/// </remarks>
public sealed class BlobStore
{
    /// <summary>Most bytes of one appended block (the limit of Azure's older API versions, which GitHub's runner names).</summary>
    public const int MaxBlockBytes = 4 * 1024 * 1024;

    /// <summary>Ends the names of files that bytes arrive in.</summary>
    internal const string IncomingEnding = ".part";

    private readonly ConcurrentDictionary<string, BlobEntry> _entries = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly TimeProvider _time;
    private long _version;

    /// <summary>
    /// A store in a folder, which is made where it does not exist and belongs to this store alone. Files that are there already are not read; what a write that broke
    /// off with an earlier process left goes.
    /// </summary>
    public BlobStore(string folder, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(time);
        _folder = Path.GetFullPath(folder);
        _time = time;
        Directory.CreateDirectory(_folder);
        foreach (var left in Directory.EnumerateFiles(_folder, "*" + IncomingEnding, SearchOption.AllDirectories).ToList())
        {
            File.Delete(left);
        }

        foreach (var left in Directory.EnumerateDirectories(_folder, "*" + IncomingEnding, SearchOption.AllDirectories).ToList())
        {
            BlobContent.DeleteFolder(left);
        }
    }

    /// <summary>A part of a blob's name that nobody can guess.</summary>
    internal static string NewNonce() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>Lets a blob be written under a name. Doing so again changes nothing.</summary>
    /// <param name="name">Name with slashes.</param>
    /// <param name="budget">What its bytes count to, or <c>null</c>: nothing.</param>
    /// <exception cref="BlobException">The name is not usable.</exception>
    public void Reserve(string name, BlobBudget? budget) => EntryOf(name).Join(budget);

    /// <summary>Writes a block blob whole; an older blob of that name is replaced once all of it has arrived.</summary>
    /// <param name="name">Name with slashes.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="contentType">Media type, or <c>null</c>.</param>
    /// <param name="onlyIfNew">Whether an existing blob is an error (<c>If-None-Match: *</c>).</param>
    /// <param name="cancellationToken">Ends the writing; the blob stays as it was.</param>
    /// <exception cref="BlobException">The name is not reserved, the blob is complete, exists and must not, or is too big.</exception>
    public async Task<BlobInfo> PutAsync(
        string name, Stream content, string? contentType, bool onlyIfNew, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var entry = Writable(name);
        var incoming = entry.NewIncoming();
        using var counted = new CountedBytes(entry);
        try
        {
            var length = await ReceiveAsync(content, incoming, counted, cancellationToken);
            using var held = await entry.HoldForWritingAsync(cancellationToken);
            RefuseExisting(entry, onlyIfNew);
            var replaced = entry.Info?.Length ?? 0;
            var info = entry.Publish(
                Stamp(new BlobInfo { Name = name, Type = BlobType.BlockBlob, Length = length }, contentType),
                () => entry.Content.Take(incoming));
            counted.Keep(replaced + entry.Blocks.Delete());
            return info;
        }
        finally
        {
            File.Delete(incoming); // after a move there is nothing left to delete
        }
    }

    /// <summary>Makes an empty append blob; an older blob of that name is replaced.</summary>
    /// <exception cref="BlobException">The name is not reserved, or the blob is complete, or exists and must not.</exception>
    public async Task<BlobInfo> CreateAppendAsync(string name, string? contentType, bool onlyIfNew, CancellationToken cancellationToken)
    {
        var entry = Writable(name);
        using var held = await entry.HoldForWritingAsync(cancellationToken);
        RefuseExisting(entry, onlyIfNew);
        var replaced = entry.Info?.Length ?? 0;
        var info = entry.Publish(
            Stamp(new BlobInfo { Name = name, Type = BlobType.AppendBlob }, contentType), entry.Content.Clear);
        entry.Give(replaced + entry.Blocks.Delete());
        return info;
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

        var entry = Writable(name);
        using var held = await entry.HoldForWritingAsync(cancellationToken);
        var info = AppendBlob(entry, name);
        if (expectedPosition is { } position && position != info.Length)
        {
            throw new BlobException(
                412, "AppendPositionConditionNotMet", $"The blob has {info.Length} bytes, the condition says {position}.");
        }

        using var counted = new CountedBytes(entry);
        counted.Take(block.Length);
        await using (var file = new FileStream(
            entry.Content.FilePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1, useAsync: true))
        {
            // Not at the file's own end: a write that broke off before left bytes that were never acknowledged.
            file.Position = info.Length;
            await file.WriteAsync(block, CancellationToken.None);
            file.SetLength(file.Position);
        }

        var appended = entry.Publish(Stamp(
            info with { Length = info.Length + block.Length, BlockCount = info.BlockCount + 1, IsSealed = seal }, info.ContentType));
        counted.Keep(replaced: 0);
        return appended;
    }

    /// <summary>Uploads one block of a block blob; it is part of none before <see cref="CommitBlocksAsync"/>.</summary>
    /// <param name="name">Name with slashes.</param>
    /// <param name="blockId">The client's id for it.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="length">How many there must be, or <c>null</c>.</param>
    /// <param name="cancellationToken">Ends the writing; the block is as it was.</param>
    /// <exception cref="BlobException">The name is not reserved or the id not usable, the blob is complete or too big, or the length is another.</exception>
    public async Task StageBlockAsync(string name, string blockId, Stream content, long? length, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        Blobs.StagedBlocks.Check(blockId);
        var entry = Writable(name);
        var incoming = entry.NewIncoming();
        using var counted = new CountedBytes(entry);
        try
        {
            var received = await ReceiveAsync(content, incoming, counted, cancellationToken);
            if (length is { } expected && received != expected)
            {
                throw new BlobException(400, "InvalidInput", $"The block has {received} bytes, the request says {expected}.");
            }

            using var held = await entry.HoldForWritingAsync(cancellationToken);
            counted.Keep(entry.AddBlock(blockId, incoming, received));
        }
        finally
        {
            File.Delete(incoming);
        }
    }

    /// <summary>The blocks of a blob that are uploaded and not yet joined, with their lengths.</summary>
    /// <exception cref="BlobException">The name is not reserved.</exception>
    public IReadOnlyList<(string Id, long Length)> StagedBlocks(string name) => Existing(name).Blocks.List();

    /// <summary>Makes uploaded blocks, in the order given, a block blob; an older blob of that name is replaced.</summary>
    /// <exception cref="BlobException">The name is not reserved, the blob is complete, or a block is missing or named twice.</exception>
    public async Task<BlobInfo> CommitBlocksAsync(
        string name, IReadOnlyList<string> blockIds, string? contentType, CancellationToken cancellationToken)
    {
        var entry = Writable(name);
        using var held = await entry.HoldForWritingAsync(cancellationToken);
        return await BlockCommit.RunAsync(
            entry, blockIds, length => Stamp(new BlobInfo { Name = name, Type = BlobType.BlockBlob, Length = length }, contentType), cancellationToken);
    }

    /// <summary>Closes a blob for further writes, whatever addresses are still valid, if it has the length expected. Writers that still receive are refused from then on.</summary>
    /// <param name="name">Name of a blob.</param>
    /// <param name="length">Bytes that it must have.</param>
    /// <param name="contentType">Media type where the writer gave none, or <c>null</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>How long the blob is, 0 where nothing was written; it is closed if that is <paramref name="length"/>.</returns>
    public async Task<long> FreezeAsync(string name, long length, string? contentType, CancellationToken cancellationToken)
    {
        var entry = Existing(name);
        using var held = await entry.HoldAsync(cancellationToken);
        if (entry.Info is not { } info)
        {
            if (length != 0)
            {
                return 0;
            }

            // Nothing is what it shall be: that is closed, too.
            Directory.CreateDirectory(Path.GetDirectoryName(entry.Content.FilePath) ?? _folder);
            info = entry.Publish(Stamp(new BlobInfo { Name = name, Type = BlobType.BlockBlob }, contentType), entry.Content.Clear);
        }

        if (info.Length == length)
        {
            entry.Publish(info with { IsSealed = true, ContentType = contentType ?? info.ContentType });
            entry.Give(entry.Blocks.Delete());
        }

        return info.Length;
    }

    /// <summary>Lets a blob count to its budget no longer. One that has gone does not.</summary>
    public void Release(string name)
    {
        if (_entries.TryGetValue(name, out var entry))
        {
            entry.Release();
        }
    }

    /// <summary>Takes over a complete block blob that an earlier store left in the folder; false where there is none of that length.</summary>
    public bool Adopt(string name, long length, string? contentType, BlobBudget? budget)
    {
        var entry = EntryOf(name);
        if (entry.Content.Measure() != length)
        {
            return false;
        }

        entry.Join(budget);
        entry.TakeUnasked(length);
        entry.Publish(Stamp(new BlobInfo { Name = name, Type = BlobType.BlockBlob, Length = length, IsSealed = true }, contentType));
        return true;
    }

    /// <summary>Deletes a blob and what was uploaded for it, also what an earlier store left of it.</summary>
    public void Delete(string name)
    {
        var entry = EntryOf(name);
        _entries.TryRemove(name, out _);
        entry.Close();
    }

    /// <summary>Closes an append blob for further blocks. Sealing it again changes nothing.</summary>
    /// <exception cref="BlobException">There is no such append blob.</exception>
    public async Task<BlobInfo> SealAsync(string name, CancellationToken cancellationToken)
    {
        var entry = Existing(name);
        using var held = await entry.HoldAsync(cancellationToken);
        var info = AppendBlob(entry, name);
        return info.IsSealed ? info : entry.Publish(Stamp(info with { IsSealed = true }, info.ContentType));
    }

    /// <summary>The blob's properties, or <c>null</c> where there is none.</summary>
    public BlobInfo? Find(string name) => _entries.TryGetValue(name, out var entry) ? entry.Info : null;

    /// <summary>Opens what is there now for reading, or <c>null</c> where there is no such blob. The caller disposes it.</summary>
    public Stream? OpenRead(string name)
    {
        if (!_entries.TryGetValue(name, out var entry) || entry.Info is not { } info || entry.Content.OpenRead() is not { } content)
        {
            return null;
        }

        if (content.Length >= info.Length)
        {
            return content;
        }

        content.Dispose(); // it is being deleted
        return null;
    }

    /// <summary>When bytes of a blob last arrived; <c>null</c>: none have.</summary>
    public DateTimeOffset? LastReceived(string name) => _entries.TryGetValue(name, out var entry) ? entry.LastReceived : null;

    /// <summary>Told of bytes that were received.</summary>
    public Action<long>? Received { get; init; }

    /// <summary>Deletes all blobs whose names begin so. Writers that are at it see them gone.</summary>
    /// <param name="prefix">A folder's name with its slash.</param>
    public void DeleteAll(string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        foreach (var name in _entries.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            Delete(name);
        }
    }

    private async Task<long> ReceiveAsync(Stream content, string incoming, CountedBytes counted, CancellationToken cancellationToken)
    {
        await using var file = BlobContent.Create(incoming);
        var length = await counted.CopyAsync(content, file, cancellationToken);
        Received?.Invoke(length);
        return length;
    }

    private static void RefuseExisting(BlobEntry entry, bool onlyIfNew)
    {
        if (onlyIfNew && entry.Info is { } existing)
        {
            throw BlobException.AlreadyExists(existing.Name);
        }
    }

    private static BlobInfo AppendBlob(BlobEntry entry, string name) => entry.Info switch
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

    /// <summary>The blob of a name that takes writes, its folder made.</summary>
    private BlobEntry Writable(string name)
    {
        var entry = Existing(name);
        entry.RefuseWriter();
        Directory.CreateDirectory(Path.GetDirectoryName(entry.Content.FilePath) ?? _folder);
        return entry;
    }

    private BlobEntry Existing(string name) => _entries.TryGetValue(name, out var entry) ? entry
        : IsName(name) ? throw BlobException.NotFound(name)
        : throw NoName(name);

    private BlobEntry EntryOf(string name) => _entries.GetOrAdd(
        name, static (key, store) => IsName(key) ? new BlobEntry(key, Path.Combine([store._folder, .. key.Split('/')]), store._time) : throw NoName(key), this);

    /// <summary>Whether a blob may have this name.</summary>
    internal static bool IsName(string name) => name.Split('/').All(IsUsable);

    private static bool IsUsable(string segment) =>
        segment is not ("" or "." or "..") && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <summary>The refusal of a name.</summary>
    internal static BlobException NoName(string name) => new(400, "InvalidResourceName", $"'{name}' is no name for a blob.");
}
