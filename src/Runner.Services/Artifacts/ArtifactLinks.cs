using Runner.Services.Blobs;

namespace Runner.Services.Artifacts;

/// <summary>Signed addresses of artifacts.</summary>
public static class ArtifactLinks
{
    /// <summary>An address to download an artifact from; a single file keeps its name.</summary>
    public static string Download(this BlobLinks links, ArtifactRecord artifact)
    {
        ArgumentNullException.ThrowIfNull(links);
        ArgumentNullException.ThrowIfNull(artifact);
        return links.Download(artifact.Blob, artifact.FileName);
    }
}
