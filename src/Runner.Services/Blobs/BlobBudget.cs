namespace Runner.Services.Blobs;

/// <summary>
/// How many bytes a group of blobs may take together, from the first byte that arrives: uploads that nobody ever completes count too. Safe for many callers.
/// </summary>
/// <param name="limit">Most bytes.</param>
/// <param name="whose">Whose they are, for the refusal: <c>the artifacts of this run</c>.</param>
/// <param name="within">What they count to besides, or <c>null</c>.</param>
public sealed class BlobBudget(long limit, string whose, BlobBudget? within = null)
{
    private long _used;
    private long _kept;

    /// <summary>Bytes in use, without those that are kept.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Says how many bytes are there besides, which are complete and counted elsewhere: they leave the less room.</summary>
    internal void Keep(long bytes) => Interlocked.Exchange(ref _kept, bytes);

    /// <summary>Counts bytes that arrive.</summary>
    /// <exception cref="BlobException">They are too many; none of them count.</exception>
    internal void Take(long bytes)
    {
        within?.Take(bytes);
        if (Interlocked.Add(ref _used, bytes) + Interlocked.Read(ref _kept) > limit)
        {
            Give(bytes);
            throw BlobException.OverBudget(whose, limit);
        }
    }

    /// <summary>Counts bytes that are there already, were they too many.</summary>
    internal void TakeUnasked(long bytes)
    {
        within?.TakeUnasked(bytes);
        Interlocked.Add(ref _used, bytes);
    }

    /// <summary>Counts bytes no longer.</summary>
    internal void Give(long bytes)
    {
        within?.Give(bytes);
        Interlocked.Add(ref _used, -bytes);
    }
}
