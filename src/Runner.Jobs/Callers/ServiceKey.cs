using System.Security.Cryptography;
using Runner.Jobs.Errors;

namespace Runner.Jobs.Callers;

/// <summary>The key that agents and their servers of artifacts and caches share: a file of at least 32 bytes, of which each use has a key of its own.</summary>
public static class ServiceKey
{
    /// <summary>Signs runtime tokens.</summary>
    public const string Tokens = "runner services: runtime tokens";

    /// <summary>Signs addresses of blobs.</summary>
    public const string Addresses = "runner services: addresses of blobs";

    private const int Bytes = 32;
    private const int MaxBytes = 4096;

    /// <summary>The key for one use.</summary>
    /// <param name="use"><see cref="Tokens"/> or <see cref="Addresses"/>.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="OperatorException">It cannot be read, or is too short or too long.</exception>
    public static byte[] ReadFor(string use, string file) => Problem(file, out var content) is { } problem
        ? throw new OperatorException(problem)
        : HKDF.DeriveKey(HashAlgorithmName.SHA256, content, Bytes, info: System.Text.Encoding.ASCII.GetBytes(use));

    /// <summary>What is wrong with a file, or <c>null</c>.</summary>
    public static string? Problem(string file) => Problem(file, out _);

    private static string? Problem(string file, out byte[] content)
    {
        content = [];
        try
        {
            using var stream = File.OpenRead(file);
            var buffer = new byte[MaxBytes + 1];
            var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            content = buffer[..read];
            return read is >= Bytes and <= MaxBytes
                ? null
                : $"'{file}' has {(read > MaxBytes ? $"over {MaxBytes}" : read)} bytes, expected a key of {Bytes} to {MaxBytes}: openssl rand -out FILE 32 makes one";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"'{file}' cannot be read: {error.Message}";
        }
    }
}
