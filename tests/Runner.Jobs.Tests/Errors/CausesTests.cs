using System.Security.Authentication;
using Runner.Jobs.Errors;

namespace Runner.Jobs.Tests.Errors;

public sealed class CausesTests
{
    [Fact]
    public void What_the_exception_points_to_is_told_with_it()
    {
        var failure = new HttpRequestException(
            "The SSL connection could not be established, see inner exception.",
            new AuthenticationException("The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot"));

        Assert.Equal("The SSL connection could not be established: The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot", Causes.Of(failure));
    }

    [Fact]
    public void Nothing_is_told_twice_and_all_in_one_line()
    {
        var failure = new IOException("Connection refused (localhost:1)", new IOException("Connection refused", new IOException("first\nsecond")));

        Assert.Equal("Connection refused (localhost:1): first second", Causes.Of(failure));
    }
}
