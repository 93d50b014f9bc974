using Runner.Services.Callers;

namespace Runner.Services.Caches;

/// <summary>How keys find caches. Pure.</summary>
internal static class CacheSearch
{
    /// <summary>Most characters of a version: clients send a hash of 64.</summary>
    private const int MaxVersionLength = 512;
    private const int MaxKeyLength = 512;
    private const int MaxKeys = 10;

    /// <summary>The cache of a scope that fits best, or <c>null</c>: first key, then exact before prefix, then newest.</summary>
    public static CacheRecord? Best(IEnumerable<CacheRecord> caches, string repository, string scope, IReadOnlyList<string> keys, string version)
    {
        var here = caches.Where(cache => cache.IsFinal && IsSame(cache, repository, scope, version)).OrderByDescending(cache => cache.Id).ToList();
        return keys.Select(key => here.Find(cache => cache.Key == key) ?? here.Find(cache => cache.Key.StartsWith(key, StringComparison.Ordinal)))
            .FirstOrDefault(cache => cache is not null);
    }

    /// <summary>Whether a cache is a repository's.</summary>
    public static bool IsOf(CacheRecord cache, string repository) => cache.Repository.Equals(repository, StringComparison.OrdinalIgnoreCase);

    /// <summary>Checks keys.</summary>
    /// <exception cref="ServiceRefusal">They are too many, or one has another form.</exception>
    public static void Check(IReadOnlyList<string> keys)
    {
        if (keys.Count is 0 or > MaxKeys)
        {
            throw ServiceRefusal.Invalid($"expected 1 to {MaxKeys} keys, found {keys.Count}");
        }

        if (keys.FirstOrDefault(key => key.Length is 0 or > MaxKeyLength || key.Contains(',', StringComparison.Ordinal)) is { } wrong)
        {
            throw ServiceRefusal.Invalid($"the key '{wrong}' is not valid: it has 1 to {MaxKeyLength} characters and no comma");
        }
    }

    /// <summary>Checks the version of a cache that is to be saved.</summary>
    /// <exception cref="ServiceRefusal">It is too long.</exception>
    public static void CheckVersion(string version)
    {
        if (version.Length > MaxVersionLength)
        {
            throw ServiceRefusal.Invalid($"the version has {version.Length} characters, at most {MaxVersionLength} are taken");
        }
    }

    private static bool IsSame(CacheRecord cache, string repository, string scope, string version) =>
        cache.Version == version && cache.Scope == scope && IsOf(cache, repository);
}
