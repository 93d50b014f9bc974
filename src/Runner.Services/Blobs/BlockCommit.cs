namespace Runner.Services.Blobs;

/// <summary>Makes uploaded blocks a blob; the caller holds its entry.</summary>
internal static class BlockCommit
{
    private const int SmallBlockBytes = 1 << 20; // on average: blocks that are smaller are joined

    /// <summary>Does it, and says what the blob is then.</summary>
    /// <param name="entry">The blob.</param>
    /// <param name="blockIds">Its blocks in their order.</param>
    /// <param name="infoOf">Its properties, by its length in bytes.</param>
    /// <param name="cancellationToken">Breaks joining off; the blocks stay then.</param>
    /// <exception cref="BlobException">A block is missing or named twice, or the blob is gone.</exception>
    public static async Task<BlobInfo> RunAsync(BlobEntry entry, IReadOnlyList<string> blockIds, Func<long, BlobInfo> infoOf, CancellationToken cancellationToken)
    {
        var (parts, length) = entry.Blocks.Find(blockIds);
        return length < (long)blockIds.Count * SmallBlockBytes
            ? await JoinAsync(entry, parts, infoOf(length), cancellationToken)
            : Move(entry, blockIds, infoOf(length));
    }

    private static BlobInfo Move(BlobEntry entry, IReadOnlyList<string> blockIds, BlobInfo info)
    {
        var incoming = entry.NewIncoming();
        try
        {
            entry.Blocks.MoveTo(blockIds, incoming);
            var replaced = entry.Info?.Length ?? 0;
            info = entry.Publish(info, () => entry.Content.TakeParts(incoming));
            entry.Give(replaced + entry.Blocks.Delete());
            return info;
        }
        finally
        {
            BlobContent.DeleteFolder(incoming); // after a move there is nothing left to delete
        }
    }

    // Many small files cost more than writing their bytes again. The blocks stay until the blob is there: the call may be broken off, and come again.
    private static async Task<BlobInfo> JoinAsync(BlobEntry entry, IReadOnlyList<FileInfo> parts, BlobInfo info, CancellationToken cancellationToken)
    {
        var incoming = entry.NewIncoming();
        var isThere = false;
        entry.TakeUnasked(info.Length); // for a moment they are there twice: others shall know, but nobody is refused for it
        try
        {
            await using (var file = BlobContent.Create(incoming))
            {
                await using var content = PartsStream.OfFiles(parts);
                await content.CopyToAsync(file, cancellationToken);
            }

            var replaced = entry.Info?.Length ?? 0;
            info = entry.Publish(info, () => entry.Content.Take(incoming));
            isThere = true;
            entry.Give(replaced + entry.Blocks.Delete());
            return info;
        }
        finally
        {
            entry.Give(isThere ? 0 : info.Length);
            File.Delete(incoming); // as above
        }
    }
}
