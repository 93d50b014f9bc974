using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Runner.GitHub.Auth;
using Runner.GitHub.Registration;
using Runner.GitHub.Runs;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Tests.Auth;

public sealed class AppCredentialsTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly GitHubServer _server = new();
    private readonly FakeTimeProvider _time = new(Start);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public void App_names_itself_by_a_signed_token_of_minutes()
    {
        using var key = RSA.Create(2048);

        var parts = AppToken.Create("123", key, Start).Split('.');

        var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement;
        Assert.Equal("123", claims.GetProperty("iss").GetString());
        Assert.Equal(Start.ToUnixTimeSeconds() - 60, claims.GetProperty("iat").GetInt64());
        Assert.Equal(Start.ToUnixTimeSeconds() + 480, claims.GetProperty("exp").GetInt64());
        Assert.True(key.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public async Task Installation_token_is_kept_and_renewed_before_it_ends()
    {
        Serve("orgs/acme/installation", 77);
        var registrar = _server.Registrar(credentials: App(), time: _time);

        await registrar.RemoveAsync(5, Token);
        await registrar.RemoveAsync(5, Token);
        var before = TokenRequests();
        _time.Advance(TimeSpan.FromMinutes(56));
        await registrar.RemoveAsync(5, Token);

        Assert.Equal(1, before);
        Assert.Equal(2, TokenRequests());
        Assert.Equal("Bearer ghs_app", _server.Http.LogEntries[^1].RequestMessage!.Headers!["Authorization"].Single());
    }

    [Fact]
    public async Task Clients_of_one_service_share_the_token()
    {
        Serve("orgs/acme/installation", 77);
        _server.Answers("GET", "repos/acme/app/actions/runs/7", 404);
        var rest = _server.Rest(credentials: App(), time: _time);

        await new GitHubRegistrar(rest).RemoveAsync(5, Token);
        await new WorkflowRuns(rest).FindAsync("acme/app", 7, Token);

        Assert.Equal(1, TokenRequests());
    }

    [Fact]
    public async Task Key_that_was_replaced_signs_the_next_token()
    {
        Serve("orgs/acme/installation", 77);
        var registrar = _server.Registrar(credentials: App(), time: _time);
        await registrar.RemoveAsync(5, Token);
        using var replaced = RSA.Create(2048);

        _server.File("key.pem", replaced.ExportPkcs8PrivateKeyPem());
        _time.Advance(TimeSpan.FromMinutes(56));
        await registrar.RemoveAsync(5, Token);

        var header = _server.Http.LogEntries.Last(entry => entry.RequestMessage!.Path.EndsWith("/access_tokens", StringComparison.Ordinal)).RequestMessage!.Headers!["Authorization"].Single();
        var parts = header["Bearer ".Length..].Split('.');
        Assert.True(replaced.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public async Task Key_that_is_none_is_told_with_its_file()
    {
        var credentials = new GitHubCredentials.App("123", 77, _server.File("key.pem", "no key"));

        var error = await Assert.ThrowsAsync<OperatorException>(() => _server.Registrar(credentials: credentials).RemoveAsync(5, Token));

        Assert.Contains("github.auth.privateKeyFile", error.Message, StringComparison.Ordinal);
        Assert.Contains("key.pem", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_that_is_not_installed_is_told_with_its_settings()
    {
        _server.Answers("GET", "orgs/acme/installation", 404, new { message = "Not Found" });

        var error = await Assert.ThrowsAsync<OperatorException>(() => _server.Registrar(credentials: App(), time: _time).RemoveAsync(5, Token));

        Assert.Contains("App '123'", error.Message, StringComparison.Ordinal);
    }

    private GitHubCredentials.App App()
    {
        using var key = RSA.Create(2048);
        return new GitHubCredentials.App("123", InstallationId: null, _server.File("key.pem", key.ExportRSAPrivateKeyPem()));
    }

    private void Serve(string installationRoute, int installation)
    {
        _server.Answers("GET", installationRoute, 200, new { id = installation });
        _server.Answers(
            "POST", $"app/installations/{installation}/access_tokens", 201, new { token = "ghs_app", expires_at = Start.AddHours(1).ToString("O") });
        _server.Answers("DELETE", "orgs/acme/actions/runners/5", 204);
    }

    private int TokenRequests() =>
        _server.Http.LogEntries.Count(entry => entry.RequestMessage!.Path.EndsWith("/access_tokens", StringComparison.Ordinal));
}
