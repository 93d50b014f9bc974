using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Protocol.OAuth;
using Runner.Testing.Http;

namespace Runner.Protocol.Tests.OAuth;

public sealed class OAuthTokenClientTests(FakeHttpServer server)
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-01-31T08:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [InlineData(false, "RS256")]
    [InlineData(true, "PS256")]
    public async Task The_assertion_is_signed_as_the_credentials_ask(bool fips, string algorithm)
    {
        var site = server.Open(TestSetup.InTurn((200, """{"access_token":"t1","expires_in":3600}""")));
        using var client = Client(site, fips);

        var token = await client.GetAsync(Cancelled);

        Assert.Equal("t1", token.Reveal());
        var form = QueryHelpers.ParseQuery(site.Requests.Single().Body);
        Assert.Equal("client_credentials", form["grant_type"]);
        Assert.Equal("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", form["client_assertion_type"]);
        var parts = form["client_assertion"].ToString().Split('.');
        Assert.Equal(algorithm, Decode(parts[0]).GetProperty("alg").GetString());
        var claims = Decode(parts[1]);
        Assert.Equal("0f0e", claims.GetProperty("sub").GetString());
        Assert.Equal("0f0e", claims.GetProperty("iss").GetString());
        Assert.Equal(site.Address.ToString(), claims.GetProperty("aud").GetString());
        Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds(), claims.GetProperty("nbf").GetInt64());
        Assert.Equal(_time.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds(), claims.GetProperty("exp").GetInt64());
        using var key = TestSetup.Key.ToRsa();
        Assert.True(key.VerifyData(
            Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]),
            Base64Url.DecodeFromChars(parts[2]),
            HashAlgorithmName.SHA256,
            fips ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(20)]
    [InlineData(-20)]
    public async Task A_clock_that_is_wrong_is_corrected_by_the_servers(int minutes)
    {
        const string Skew = """{"error":"invalid_grant","error_description":"The bearer token is not valid. Current server time is another one."}""";
        var answers = new Queue<(int Status, string Body)>([(400, Skew), (200, """{"access_token":"t1","expires_in":3600}""")]);
        var servers = _time.GetUtcNow() - TimeSpan.FromMinutes(minutes);
        var site = server.Open(http =>
        {
            var (status, body) = answers.Dequeue();
            http.Response.StatusCode = status;
            http.Response.GetTypedHeaders().Date = servers;
            return http.Response.WriteAsync(body);
        });
        using var client = Client(site);

        Assert.Equal("t1", (await client.GetAsync(Cancelled)).Reveal());

        var claims = Decode(QueryHelpers.ParseQuery(site.Requests[^1].Body)["client_assertion"].ToString().Split('.')[1]);
        Assert.Equal(servers.ToUnixTimeSeconds(), claims.GetProperty("nbf").GetInt64());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_is_kept_until_shortly_before_it_expires()
    {
        var site = server.Open(TestSetup.InTurn(
            (200, """{"access_token":"t1","expires_in":3600}"""), (200, """{"access_token":"t2","expires_in":"3600"}""")));
        using var client = Client(site);

        var first = await client.GetAsync(Cancelled);
        _time.Advance(TimeSpan.FromMinutes(58));
        var kept = await client.GetAsync(Cancelled);
        _time.Advance(TimeSpan.FromMinutes(1.5));
        var renewed = await client.GetAsync(Cancelled);

        Assert.Equal(["t1", "t1", "t2"], new[] { first, kept, renewed }.Select(token => token.Reveal()));
    }

    [Fact(Timeout = 30_000)]
    public async Task Several_tasks_share_one_request()
    {
        var site = server.Open(TestSetup.InTurn((200, """{"access_token":"t1","expires_in":3600}""")));
        using var client = Client(site);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.GetAsync(Cancelled).AsTask()));

        Assert.Single(site.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_that_is_busy_is_asked_again()
    {
        var site = server.Open(TestSetup.InTurn((503, ""), (400, """{"error":"server_error"}"""), (200, """{"access_token":"t1","expires_in":60}""")));
        using var client = new OAuthTokenClient(
            TestSetup.Http, TestSetup.Jit(site.Address.ToString()), TestSetup.Quick, TimeProvider.System, NullLogger<OAuthTokenClient>.Instance);

        var token = await client.GetAsync(Cancelled);

        Assert.Equal("t1", token.Reveal());
        Assert.Equal(3, site.Requests.Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{"error":"invalid_client","error_description":"gone"}""", ProtocolErrorKind.InvalidClient)]
    [InlineData("""{"error":"invalid_request","error_description":"Current server time is 8:00, exp is 7:00"}""", ProtocolErrorKind.ClockSkew)]
    [InlineData("""{"error":"unsupported"}""", ProtocolErrorKind.Refused)]
    public async Task A_refusal_is_told_apart_and_not_repeated(string body, ProtocolErrorKind kind)
    {
        var site = server.Open(TestSetup.InTurn((400, body)));
        using var client = Client(site);

        var exception = await Assert.ThrowsAsync<ProtocolException>(async () => await client.GetAsync(Cancelled));

        Assert.Equal(kind, exception.Kind);
        Assert.Single(site.Requests);
        Assert.Contains("(request REQ:1)", exception.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_address_that_nobody_listens_on_is_an_infrastructure_failure()
    {
        using var client = new OAuthTokenClient(
            TestSetup.Http, TestSetup.Jit("http://127.0.0.1:1/"), Protocol.Http.RetryOptions.None, _time, NullLogger<OAuthTokenClient>.Instance);

        var exception = await Assert.ThrowsAsync<InfrastructureException>(async () => await client.GetAsync(Cancelled));

        Assert.StartsWith("POST token: ", exception.Message, StringComparison.Ordinal);
    }

    private OAuthTokenClient Client(FakeSite site, bool fips = false) => new(
        TestSetup.Http, TestSetup.Jit(site.Address.ToString(), fips), TestSetup.Quick, _time, NullLogger<OAuthTokenClient>.Instance);

    private static JsonElement Decode(string part) => JsonDocument.Parse(Base64Url.DecodeFromChars(part)).RootElement;
}
