namespace Runner.Services.Caches;

/// <summary>Which caches go for want of room. Pure.</summary>
internal static class CacheEviction
{
    /// <summary>The least recently used of these, as many as must go for the rest to fit. Servers that see the same caches choose the same.</summary>
    /// <param name="caches">Complete caches.</param>
    /// <param name="newest">Number of one that stays, or <c>null</c>.</param>
    /// <param name="limit">Bytes that they may take.</param>
    /// <param name="most">How many there may be.</param>
    public static IEnumerable<CacheRecord> Victims(IReadOnlyCollection<CacheRecord> caches, long? newest, long limit, int most)
    {
        var total = caches.Sum(cache => cache.Size);
        var count = caches.Count;
        foreach (var cache in caches.Where(cache => cache.Id != newest).OrderBy(cache => cache.UsedAt).ThenBy(cache => cache.Id))
        {
            if (total <= limit && count <= most)
            {
                yield break;
            }

            yield return cache;
            total -= cache.Size;
            count--;
        }
    }
}
