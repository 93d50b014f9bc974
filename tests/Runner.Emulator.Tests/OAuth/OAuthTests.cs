using System.Net;
using System.Text.Json.Nodes;

namespace Runner.Emulator.Tests.OAuth;

public sealed class OAuthTests
{
    public static TheoryData<string, string, string> BadClaims => new()
    {
        // claim   value                                     error
        { "iss",  "00000000-0000-0000-0000-000000000001",  "invalid_client" },
        { "aud",  "http://other.example/oauth/token",      "invalid_request" },
        { "exp",  "-600",                                  "Current server time is" },
        { "nbf",  "+600",                                  "Current server time is" },
    };

    [Theory(Timeout = 60_000)]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task A_signed_assertion_gets_a_token_that_opens_the_broker(string algorithm)
    {
        await using var emulator = await TestEmulator.StartAsync();
        var runner = emulator.NewRunner();
        runner.Algorithm = algorithm;

        await runner.SignInAsync(TestEmulator.Token);

        using var session = await runner.PostSessionAsync(TestEmulator.Token);
        Assert.Equal(HttpStatusCode.OK, session.StatusCode);
    }

    [Theory(Timeout = 60_000), MemberData(nameof(BadClaims))]
    public async Task A_wrong_claim_is_refused_as_OAuth_says(string claim, string value, string error)
    {
        await using var emulator = await TestEmulator.StartAsync();
        var runner = emulator.NewRunner();

        using var answer = await runner.RequestTokenAsync(Change, TestEmulator.Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(error, await answer.Content.ReadAsStringAsync(TestEmulator.Token), StringComparison.Ordinal);

        void Change(JsonObject payload)
        {
            var isTime = int.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var seconds);
            payload[claim] = isTime ? TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + seconds : value;
            payload["sub"] = payload["iss"]!.ToString();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task An_assertion_signed_by_another_runner_is_refused()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var one = emulator.NewRunner("one");
        var other = emulator.NewRunner("other");

        using var answer = await one.RequestTokenAsync(
            payload => (payload["iss"], payload["sub"]) = (other.ClientId, other.ClientId), TestEmulator.Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("invalid_client", await answer.Content.ReadAsStringAsync(TestEmulator.Token), StringComparison.Ordinal);
    }
}
