using Runner.Services.Blobs;

namespace Runner.Emulator.Results;

/// <summary>Signed addresses to put logs and summaries to.</summary>
internal sealed class UploadUrls(BlobUrlSigner signer, EmulatorAddress address, EmulatorOptions options)
{
    public string For(string name) => signer.Sign(address.Blobs, name, BlobAccess.Write, options.UploadUrlDuration).AbsoluteUri;
}
