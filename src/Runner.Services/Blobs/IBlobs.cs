namespace Runner.Services.Blobs;

/// <summary>
/// Where the bytes of artifacts and caches are kept, with the rules of Azure's block blobs that GitHub's clients meet. Only what <see cref="ReserveAsync"/> named can be written, and
/// nothing after it was frozen or deleted: an address lives longer than what it was given for. <see cref="BlobException"/> says what is refused.
/// </summary>
internal interface IBlobs
{
    /// <summary>Where append blobs are, or <c>null</c>: there are none here.</summary>
    BlobStore? Appends { get; }

    /// <summary>Lets a blob be written under a name.</summary>
    /// <param name="name">Name with slashes.</param>
    /// <param name="group">Whose budget its bytes count to.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task ReserveAsync(string name, string group, CancellationToken cancellationToken);

    /// <summary>Writes a blob whole; an older one of that name is replaced once all of it has arrived.</summary>
    /// <param name="name">Name with slashes.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="length">How many there are, or <c>null</c>: nobody says.</param>
    /// <param name="contentType">Media type, or <c>null</c>.</param>
    /// <param name="onlyIfNew">Whether an existing blob is an error.</param>
    /// <param name="cancellationToken">Ends the writing; the blob stays as it was.</param>
    Task<BlobInfo> PutAsync(string name, Stream content, long? length, string? contentType, bool onlyIfNew, CancellationToken cancellationToken);

    /// <summary>Uploads one block, of <paramref name="length"/> bytes if that is said; it is part of no blob before <see cref="CommitBlocksAsync"/>.</summary>
    Task StageBlockAsync(string name, string blockId, Stream content, long? length, CancellationToken cancellationToken);

    /// <summary>The blocks that are uploaded, with their lengths; of those that are the blob already not every store tells.</summary>
    Task<IReadOnlyList<(string Id, long Length)>> StagedBlocksAsync(string name, CancellationToken cancellationToken);

    /// <summary>Makes uploaded blocks, in the order given, a blob; an older one of that name is replaced.</summary>
    Task<BlobInfo> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, string? contentType, CancellationToken cancellationToken);

    /// <summary>Closes a blob for further writes if it has the length expected, and says which it has; 0 where nothing was written.</summary>
    /// <param name="name">Name of a blob.</param>
    /// <param name="length">Bytes that it must have.</param>
    /// <param name="contentType">Media type where the writer gave none, or <c>null</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<long> FreezeAsync(string name, long length, string? contentType, CancellationToken cancellationToken);

    /// <summary>Lets a blob count to its budget no longer.</summary>
    void Release(string name);

    /// <summary>A blob that was frozen is complete by its record, too: it counts to its budget no longer, and what was uploaded for it and is no part of it goes. Doing so again changes nothing.</summary>
    Task SettleAsync(string name, CancellationToken cancellationToken);

    /// <summary>What is there now, or <c>null</c>. The caller disposes its content.</summary>
    /// <param name="name">Name of a blob.</param>
    /// <param name="disposition">The header <c>Content-Disposition</c> of the answer, or empty: none.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<BlobDownload?> OpenAsync(string name, string disposition, CancellationToken cancellationToken);

    /// <summary>When bytes of a blob last arrived; <c>null</c>: none have.</summary>
    Task<DateTimeOffset?> LastReceivedAsync(string name, CancellationToken cancellationToken);

    /// <summary>Deletes a blob and what was uploaded for it.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Throws away what belongs to none of these blobs, some time after it was first seen so.</summary>
    /// <param name="unfinished">Blobs that are being written.</param>
    /// <param name="complete">Blobs that are complete; they count to no budget.</param>
    /// <param name="areAll">Whether these are all that somebody has; otherwise nothing is nobody's.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task TidyAsync(IReadOnlySet<string> unfinished, IReadOnlySet<string> complete, bool areAll, CancellationToken cancellationToken);
}

/// <summary>A blob to be read.</summary>
/// <param name="Info">Its properties.</param>
/// <param name="Content">Its bytes, from any place.</param>
/// <param name="Elsewhere">Address at which the client may fetch them itself, or <c>null</c>: from here alone.</param>
internal sealed record BlobDownload(BlobInfo Info, Stream Content, Uri? Elsewhere = null);
