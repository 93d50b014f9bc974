using Runner.GitHub.Registration;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Tests.Registration;

public sealed class RegistrationTokensTests : IDisposable
{
    private readonly GitHubServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Token_is_made_with_the_credentials_of_the_settings()
    {
        _server.Answers("POST", "orgs/acme/actions/runners/registration-token", 201, new { token = "AABF3J", expires_at = "2026-03-01T12:00:00Z" });

        var token = await new RegistrationTokens(_server.Rest()).NewAsync(Token);

        Assert.Equal("AABF3J", token.Reveal());
        Assert.Equal("Bearer ghp_secret", _server.Http.LogEntries[^1].RequestMessage!.Headers!["Authorization"].Single());
    }

    [Fact]
    public async Task Missing_right_is_told_with_what_it_takes()
    {
        _server.Answers("POST", "orgs/acme/actions/runners/registration-token", 403, new { message = "Resource not accessible by integration" });

        var error = await Assert.ThrowsAsync<OperatorException>(() => new RegistrationTokens(_server.Rest()).NewAsync(Token));

        Assert.StartsWith("GitHub does not allow us to make a registration token at ", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Self-hosted runners: write'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_server_makes_none_the_configured_token_is_taken_if_it_may_be_one()
    {
        _server.Answers("POST", "orgs/acme/actions/runners/registration-token", 404);

        var token = await new RegistrationTokens(_server.Rest(), mayBeOwn: true).NewAsync(Token);

        Assert.Equal("ghp_secret", token.Reveal());
        await Assert.ThrowsAsync<OperatorException>(() => new RegistrationTokens(_server.Rest()).NewAsync(Token));
    }
}
