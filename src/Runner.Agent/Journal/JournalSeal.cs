using System.Security.Cryptography;

namespace Runner.Agent.Journal;

/// <summary>
/// Seals records of jobs (AES-GCM) by a key that is made of the GitHub credentials: who can read a job's secrets out of them could read those of every job
/// without them.
/// </summary>
/// <param name="credentials">File whose content makes the key; <c>null</c>: there is none.</param>
internal sealed class JournalSeal(string? credentials)
{
    /// <summary>Seals a text.</summary>
    /// <exception cref="IOException">The credentials cannot be read; <see cref="UnauthorizedAccessException"/>.</exception>
    public byte[] Seal(byte[] text)
    {
        using var aes = Cipher();
        var result = new byte[AesGcm.NonceByteSizes.MaxSize + AesGcm.TagByteSizes.MaxSize + text.Length];
        var (nonce, tag, sealedText) = Parts(result);
        RandomNumberGenerator.Fill(nonce.Span);
        aes.Encrypt(nonce.Span, text, sealedText.Span, tag.Span);
        return result;
    }

    /// <summary>Opens what was sealed.</summary>
    /// <exception cref="CryptographicException">It was not sealed by these credentials.</exception>
    /// <exception cref="IOException">As above.</exception>
    public byte[] Unseal(byte[] bytes)
    {
        using var aes = Cipher();
        var (nonce, tag, sealedText) = Parts(bytes);
        var text = new byte[sealedText.Length];
        aes.Decrypt(nonce.Span, sealedText.Span, tag.Span, text);
        return text;
    }

    private AesGcm Cipher()
    {
        var shared = credentials is null ? [] : File.ReadAllBytes(credentials);
        return new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, info: "runner agent's journal of jobs"u8.ToArray()), AesGcm.TagByteSizes.MaxSize);
    }

    private static (Memory<byte> Nonce, Memory<byte> Tag, Memory<byte> Text) Parts(Memory<byte> bytes)
    {
        var (nonce, tag) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        return bytes.Length < nonce + tag
            ? throw new CryptographicException("it is too short")
            : (bytes[..nonce], bytes[nonce..(nonce + tag)], bytes[(nonce + tag)..]);
    }
}
