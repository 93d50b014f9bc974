namespace Runner.Services.Blobs;

/// <summary>The blobs of a folder, which one process has.</summary>
/// <param name="store">The folder.</param>
/// <param name="budgets">What they count to, or <c>null</c>: nothing is reserved here.</param>
internal sealed class FolderBlobs(BlobStore store, BlobBudgets? budgets) : IBlobs
{
    /// <inheritdoc/>
    public BlobStore? Appends => store;

    /// <inheritdoc/>
    public Task ReserveAsync(string name, string group, CancellationToken cancellationToken)
    {
        store.Reserve(name, budgets?.Of(group));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<BlobInfo> PutAsync(string name, Stream content, long? length, string? contentType, bool onlyIfNew, CancellationToken cancellationToken) =>
        store.PutAsync(name, content, contentType, onlyIfNew, cancellationToken);

    /// <inheritdoc/>
    public Task StageBlockAsync(string name, string blockId, Stream content, long? length, CancellationToken cancellationToken) =>
        store.StageBlockAsync(name, blockId, content, length, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<(string Id, long Length)>> StagedBlocksAsync(string name, CancellationToken cancellationToken) => Task.FromResult(store.StagedBlocks(name));

    /// <inheritdoc/>
    public Task<BlobInfo> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, string? contentType, CancellationToken cancellationToken) =>
        store.CommitBlocksAsync(name, blockIds, contentType, cancellationToken);

    /// <inheritdoc/>
    public Task<long> FreezeAsync(string name, long length, string? contentType, CancellationToken cancellationToken) =>
        store.FreezeAsync(name, length, contentType, cancellationToken);

    /// <inheritdoc/>
    public void Release(string name) => store.Release(name);

    /// <inheritdoc/>
    public Task SettleAsync(string name, CancellationToken cancellationToken)
    {
        store.Release(name); // what is no part of it went as it was frozen
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<BlobDownload?> OpenAsync(string name, string disposition, CancellationToken cancellationToken) =>
        Task.FromResult(store.Find(name) is { } info && store.OpenRead(name) is { } content ? new BlobDownload(info, content) : null);

    /// <inheritdoc/>
    public Task<DateTimeOffset?> LastReceivedAsync(string name, CancellationToken cancellationToken) => Task.FromResult(store.LastReceived(name));

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        store.Delete(name);
        return Task.CompletedTask;
    }

    /// <summary>Does nothing: what an earlier process left was thrown away at the start.</summary>
    public Task TidyAsync(IReadOnlySet<string> unfinished, IReadOnlySet<string> complete, bool areAll, CancellationToken cancellationToken) => Task.CompletedTask;
}
