using Runner.Protocol.Results;

namespace Runner.Protocol.Tests.Results;

public sealed class SignedBlobTests
{
    [Theory]
    [InlineData("https://x.blob.core.windows.net/a/b.txt?sv=2021-12-02&se=2026-01-31T08%3A15%3A30Z&sp=acw&sig=s%3D", "2026-01-31T08:15:30Z")]
    [InlineData("https://x.blob.core.windows.net/a/b.txt?se=2026-01-31T08:15:30Z&sig=x", "2026-01-31T08:15:30Z")]
    [InlineData("https://x.blob.core.windows.net/a/b.txt?ske=2026-01-31T08%3A15%3A30Z&sig=x", null)] // the signing key's
    [InlineData("https://x.blob.core.windows.net/a/b.txt?se=soon", null)]
    [InlineData("https://storage.example/a/b.txt", null)]
    public void End_of_a_signature_is_read_from_its_address(string address, string? expected) => Assert.Equal(
        expected is null ? null : DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
        new SignedBlob { Address = new Uri(address), IsAzure = true }.Expires);
}
