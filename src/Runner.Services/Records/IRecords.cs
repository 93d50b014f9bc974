namespace Runner.Services.Records;

/// <summary>
/// Records of artifacts or caches, each at its place. Whoever asks what is there and then acts may be late: other callers, and other servers over the same records, do the
/// same. What decides is done by one call: adding where nothing stands, changing and removing what is still as it was meant.
/// </summary>
internal interface IRecords<T>
    where T : class, IRecord
{
    /// <summary>All records as far as they are known here without asking: what other servers did lately may be missing.</summary>
    IReadOnlyCollection<T> Known { get; }

    /// <summary>Whether each record could be read when all were last listed: what one that could not says, nobody knows.</summary>
    bool KnowsAll { get; }

    /// <summary>A number that no record has or had.</summary>
    long NextId();

    /// <summary>The records whose places begin so; empty: all.</summary>
    Task<IReadOnlyList<T>> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>The record at a place, or <c>null</c>.</summary>
    Task<T?> FindAsync(string place, CancellationToken cancellationToken);

    /// <summary>Adds a record; false where one stands at its place.</summary>
    Task<bool> TryAddAsync(T record, CancellationToken cancellationToken);

    /// <summary>Puts what <paramref name="change"/> makes of the record in its place; it may be called again, and gives <c>null</c> to leave the record alone.</summary>
    /// <returns>The new record, or <c>null</c>: none was changed.</returns>
    Task<T?> ChangeAsync(string place, Func<T, T?> change, CancellationToken cancellationToken);

    /// <summary>Removes the record if it is still the one that is meant; false where it is not.</summary>
    Task<bool> RemoveAsync(string place, Func<T, bool> isMeant, CancellationToken cancellationToken);
}
