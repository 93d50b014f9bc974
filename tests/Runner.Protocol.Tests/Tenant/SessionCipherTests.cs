using System.Security.Cryptography;
using System.Text;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;
using Runner.Protocol.Tenant;

namespace Runner.Protocol.Tests.Tenant;

public sealed class SessionCipherTests
{
    private const string Body = """{"jobId":"33333333-3333-3333-3333-333333333333","timeout":"00:05:00"}""";

    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_message_is_opened_by_the_key_that_either_padding_wraps(bool fips)
    {
        var cipher = SessionCipher.Of(Session(fips, Wrap(fips)), TestSetup.Key);

        var message = cipher.Read(Sealed(Body));

        var canceled = Assert.IsType<JobCanceled>(message);
        Assert.Equal((7, TimeSpan.FromMinutes(5)), (canceled.MessageId, canceled.Cancellation.Timeout));
    }

    [Fact]
    public void A_byte_order_mark_before_the_text_does_not_count() =>
        Assert.IsType<JobCanceled>(SessionCipher.Of(Session(fips: true, Wrap(fips: true)), TestSetup.Key).Read(Sealed("\uFEFF" + Body)));

    [Fact]
    public void A_key_that_is_not_wrapped_is_used_as_it_is()
    {
        var cipher = SessionCipher.Of(new TenantSession { EncryptionKey = new SessionKey { Value = Key } }, TestSetup.Key);

        Assert.IsType<JobCanceled>(cipher.Read(Sealed(Body)));
    }

    [Fact]
    public void A_message_without_a_key_or_without_a_vector_is_plain()
    {
        var plain = new TenantMessage { MessageId = 7, MessageType = "JobCancellation", Body = Body };

        Assert.IsType<JobCanceled>(SessionCipher.Of(new TenantSession(), TestSetup.Key).Read(plain));
        Assert.IsType<JobCanceled>(SessionCipher.Of(Session(fips: true, Wrap(fips: true)), TestSetup.Key).Read(plain));
    }

    [Fact]
    public void A_job_comes_whole_and_is_not_shown()
    {
        var cipher = SessionCipher.Of(Session(fips: true, Wrap(fips: true)), TestSetup.Key);

        var offered = Assert.IsType<JobOffered>(cipher.Read(Sealed("""{"jobId":"secret"}""") with { MessageType = "pipelineagentjobrequest" }));

        Assert.Equal("""{"jobId":"secret"}""", offered.Request.JobMessage);
        Assert.DoesNotContain("secret", offered.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string> Broken => new("not base64!", Convert.ToBase64String(new byte[15]), Convert.ToBase64String(new byte[32]));

    [Theory, MemberData(nameof(Broken))]
    public void What_cannot_be_opened_is_unreadable_and_no_failure(string body)
    {
        var cipher = SessionCipher.Of(Session(fips: true, Wrap(fips: true)), TestSetup.Key);

        var unreadable = Assert.IsType<UnreadableMessage>(cipher.Read(Sealed(Body) with { Body = body }));

        Assert.Equal((7, "JobCancellation"), (unreadable.MessageId, unreadable.MessageType));
    }

    [Fact]
    public void A_key_that_is_wrapped_for_another_runner_is_told()
    {
        using var other = RSA.Create(2048);
        var wrapped = other.Encrypt(Key, RSAEncryptionPadding.OaepSHA256);

        var error = Assert.Throws<ProtocolException>(() => SessionCipher.Of(Session(fips: true, wrapped), TestSetup.Key));

        Assert.Equal(ProtocolErrorKind.BadReply, error.Kind);
    }

    private static TenantSession Session(bool fips, byte[] wrapped) =>
        new() { UseFipsEncryption = fips, EncryptionKey = new SessionKey { Encrypted = true, Value = wrapped } };

    private static byte[] Wrap(bool fips)
    {
        using var rsa = TestSetup.Key.ToRsa();
        return rsa.Encrypt(Key, fips ? RSAEncryptionPadding.OaepSHA256 : RSAEncryptionPadding.OaepSHA1);
    }

    private static TenantMessage Sealed(string text)
    {
        using var aes = Aes.Create();
        aes.Key = Key;
        var vector = RandomNumberGenerator.GetBytes(16);
        return new TenantMessage
        {
            MessageId = 7,
            MessageType = "JobCancellation",
            InitializationVector = vector,
            Body = Convert.ToBase64String(aes.EncryptCbc(Encoding.UTF8.GetBytes(text), vector, PaddingMode.PKCS7)),
        };
    }
}
