using System.Security.Cryptography;
using System.Text;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;
using Runner.Protocol.Registration;

namespace Runner.Protocol.Tenant;

/// <summary>Opens the messages of one session (<c>sessions-and-messages.md</c> section 3.2).</summary>
public sealed class SessionCipher
{
    private readonly byte[]? _key;

    private SessionCipher(byte[]? key) => _key = key;

    /// <summary>The cipher of a session.</summary>
    /// <exception cref="ProtocolException">The session's key is not for this runner.</exception>
    public static SessionCipher Of(TenantSession session, RsaKey key)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(key);
        if (session.EncryptionKey is not { Value: { Length: > 0 } value, Encrypted: var isWrapped })
        {
            return new SessionCipher(null);
        }

        if (!isWrapped)
        {
            return new SessionCipher(value);
        }

        try
        {
            using var rsa = key.ToRsa();
            return new SessionCipher(rsa.Decrypt(value, session.UseFipsEncryption ? RSAEncryptionPadding.OaepSHA256 : RSAEncryptionPadding.OaepSHA1));
        }
        catch (CryptographicException error)
        {
            throw new ProtocolException(ProtocolErrorKind.BadReply, "The key of the session cannot be unwrapped by the runner's key", error);
        }
    }

    /// <summary>Reads a message by its type. Never fails: what cannot be opened or read is an <see cref="UnreadableMessage"/>.</summary>
    public IncomingMessage Read(TenantMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            return IncomingMessage.Read(new RunnerMessage { MessageId = message.MessageId, MessageType = message.MessageType ?? string.Empty, Body = Open(message) });
        }
        catch (Exception error) when (error is CryptographicException or FormatException or ArgumentException)
        {
            return new UnreadableMessage(message.MessageId, message.MessageType ?? string.Empty, "it cannot be decrypted by the session's key");
        }
    }

    private string? Open(TenantMessage message)
    {
        if (_key is null || message.InitializationVector is not { Length: > 0 } vector || message.Body is not { } body)
        {
            return message.Body;
        }

        using var aes = Aes.Create();
        aes.Key = _key;
        return Encoding.UTF8.GetString(aes.DecryptCbc(Convert.FromBase64String(body), vector, PaddingMode.PKCS7)).TrimStart('\uFEFF');
    }
}
