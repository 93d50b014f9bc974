using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Runner.Emulator.Tests.Clients;

namespace Runner.Emulator.Tests.Rest;

public sealed class TokenTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("orgs/acme/actions/runners/registration-token")]
    [InlineData("repos/acme/app/actions/runners/registration-token")]
    [InlineData("enterprises/acme/actions/runners/registration-token")]
    [InlineData("api/v3/orgs/acme/actions/runners/registration-token")]
    [InlineData("api/v3/repos/acme/app/actions/runners/remove-token")]
    public async Task Tokens_are_given_for_every_scope_with_and_without_the_server_prefix(string path)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var answer = await emulator.PostAsync(path, null);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var body = await OfficialRunner.ReadAsync(answer, TestEmulator.Token);
        Assert.NotEmpty(body["token"]!.ToString());
        Assert.True(DateTimeOffset.Parse(body["expires_at"]!.ToString(), null) > TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(59));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Bearer", "emulator")]
    [InlineData("token", "emulator")]
    [InlineData("basic", "Z2l0aHViOmVtdWxhdG9y")] // github:emulator, as config.sh --pat sends it
    public async Task The_personal_token_is_taken_in_every_scheme(string scheme, string token)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var answer = await emulator.PostAsync("orgs/acme/actions/runners/registration-token", null, token, scheme);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(null, "Requires authentication")]
    [InlineData("wrong", "Bad credentials")]
    public async Task A_wrong_token_is_refused_in_GitHubs_words(string? token, string message)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var answer = await emulator.PostAsync("orgs/acme/actions/runners/registration-token", null, token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestEmulator.Token))!;
        Assert.Equal(message, body["message"]!.ToString());
        Assert.Equal("401", body["status"]!.ToString());
        Assert.StartsWith("https://docs.github.com/", body["documentation_url"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_registration_token_opens_no_other_call_and_no_other_organization()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var given = await emulator.PostAsync("orgs/acme/actions/runners/registration-token", null);
        var token = OfficialRunner.Text(await OfficialRunner.ReadAsync(given, TestEmulator.Token), "token");

        using var own = await emulator.GetAsync("orgs/acme/actions/runners?name=x", token, "RemoteAuth");
        using var other = await emulator.GetAsync("orgs/other/actions/runners?name=x", token, "RemoteAuth");
        using var further = await emulator.PostAsync("orgs/acme/actions/runners/registration-token", null, token, "RemoteAuth");
        using var elsewhere = await emulator.PostAsync(
            "actions/runner-registration", $$"""{"url":"{{emulator.Server.Url}}other","runner_event":"register"}""", token, "RemoteAuth");

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, further.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_changed_token_is_refused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var given = await emulator.PostAsync("orgs/acme/actions/runners/registration-token", null);
        var parts = OfficialRunner.Text(await OfficialRunner.ReadAsync(given, TestEmulator.Token), "token").Split('.');
        var claims = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1])).Replace("acme", "evil", StringComparison.Ordinal);
        var forged = $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.{parts[2]}";

        using var answer = await emulator.GetAsync("orgs/evil/actions/runners", forged, "RemoteAuth");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }
}
