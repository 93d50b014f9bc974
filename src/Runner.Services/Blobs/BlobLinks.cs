namespace Runner.Services.Blobs;

/// <summary>Signed addresses of the blobs behind artifacts and caches.</summary>
/// <param name="signer">Signs them.</param>
/// <param name="root">Address that the blob routes stand under, ending in a slash; asked each time, as a server knows its port late.</param>
/// <param name="lifetime">How long they are valid.</param>
public sealed class BlobLinks(BlobUrlSigner signer, Func<Uri> root, TimeSpan lifetime)
{
    /// <summary>An address to upload to.</summary>
    public string Upload(string blob) => signer.Sign(root(), blob, BlobAccess.Write, lifetime).AbsoluteUri;

    /// <summary>An address to download from.</summary>
    public string Download(string blob) => signer.Sign(root(), blob, BlobAccess.Read, lifetime).AbsoluteUri;

    /// <summary>An address to download from a file that keeps its name; <c>null</c>: it has none.</summary>
    public string Download(string blob, string? fileName) => signer.Sign(root(), blob, BlobAccess.Read, lifetime, fileName).AbsoluteUri;
}
