namespace Runner.Services.Records;

/// <summary>How the disk of a server for a cluster is shared out. Pure.</summary>
public static class ClusterLimits
{
    /// <summary>
    /// The limits: a tenth stays free, for what files take beside their bytes. Of the rest a quarter is for what is in the middle of being saved as caches, two thirds of that for
    /// one repository; a quarter is for artifacts where there are any, a quarter of that for one run; what is left is for caches.
    /// </summary>
    /// <param name="size">Bytes of the disk.</param>
    /// <param name="cacheSize">Bytes that the caches of one repository take at most.</param>
    /// <param name="hasArtifacts">Whether artifacts are served.</param>
    public static ServiceLimits Of(long size, long cacheSize, bool hasArtifacts)
    {
        var usual = new ServiceLimits();
        size -= size / 10;
        var (saving, artifacts) = (size / 4, hasArtifacts ? size / 4 : 0);
        var caches = size - saving - artifacts;
        return usual with
        {
            AllSavingBytes = saving,
            SavingBytes = saving / 3 * 2,
            AllArtifactBytes = artifacts,
            ArtifactBytes = Math.Min(usual.ArtifactBytes, artifacts / 4),
            AllCacheBytes = caches,
            CacheBytes = Math.Min(cacheSize, caches),
        };
    }
}
