namespace Runner.Services.Records;

/// <summary>How the disk of a server for a cluster is shared out. Pure.</summary>
public static class ClusterLimits
{
    /// <summary>
    /// The limits: a tenth stays free, for what files take beside their bytes; of the rest a fifth is for what is in the middle of being saved as caches, three tenths for artifacts where there are any, the rest for caches. What one repository
    /// or run may take is never more than what all may.
    /// </summary>
    /// <param name="size">Bytes of the disk.</param>
    /// <param name="cacheSize">Bytes that the caches of one repository take at most.</param>
    /// <param name="hasArtifacts">Whether artifacts are served.</param>
    public static ServiceLimits Of(long size, long cacheSize, bool hasArtifacts)
    {
        var usual = new ServiceLimits();
        size -= size / 10;
        var (saving, artifacts) = (size / 5, hasArtifacts ? size / 10 * 3 : 0);
        var caches = size - saving - artifacts;
        return usual with
        {
            AllSavingBytes = saving,
            AllArtifactBytes = artifacts,
            AllCacheBytes = caches,
            CacheBytes = Math.Min(cacheSize, Math.Min(caches, saving)),
            ArtifactBytes = Math.Min(usual.ArtifactBytes, artifacts),
        };
    }
}
