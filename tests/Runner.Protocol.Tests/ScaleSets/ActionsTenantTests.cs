using System.Buffers.Text;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;
using Runner.Testing.Http;

namespace Runner.Protocol.Tests.ScaleSets;

public sealed class ActionsTenantTests(FakeHttpServer server)
{
    private const int Limit = 30_000;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private int _registrations;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Address_and_token_come_by_a_registration_token_and_are_kept()
    {
        var site = server.Open(TestSetup.InTurn((200, Entry(minutes: 15))));
        using var tenant = Tenant(site);

        var (address, token) = (await tenant.AddressAsync(Cancelled), await tenant.GetAsync(Cancelled));

        Assert.Equal("https://tenant.example/rest/", address.AbsoluteUri); // with a slash, whatever came
        Assert.Equal(Jwt(15), token.Reveal());
        var request = Assert.Single(site.Requests);
        Assert.Equal(("/actions/runner-registration", "RemoteAuth registration-1"), (request.Path, request.Headers["Authorization"]));
        Assert.Equal("""{"url":"https://github.example/acme","runner_event":"register"}""", request.Body);
    }

    [Fact(Timeout = Limit)]
    public async Task Token_is_renewed_a_minute_before_it_ends()
    {
        var site = server.Open(TestSetup.InTurn((200, Entry(minutes: 15))));
        using var tenant = Tenant(site);

        await tenant.GetAsync(Cancelled);
        _time.Advance(TimeSpan.FromMinutes(14) - TimeSpan.FromSeconds(1));
        await tenant.GetAsync(Cancelled);
        var early = site.Requests.Count;
        _time.Advance(TimeSpan.FromSeconds(1));
        await tenant.GetAsync(Cancelled);

        Assert.Equal((1, 2), (early, site.Requests.Count));
        Assert.Equal("RemoteAuth registration-2", site.Requests[1].Headers["Authorization"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Token_that_was_refused_is_got_anew()
    {
        var site = server.Open(TestSetup.InTurn((200, Entry(minutes: 15))));
        using var tenant = Tenant(site);

        Assert.True(tenant.TryDrop(await tenant.GetAsync(Cancelled)));
        await tenant.GetAsync(Cancelled);

        Assert.Equal(2, site.Requests.Count);
    }

    [Theory(Timeout = Limit)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Registration_token_that_is_not_known_everywhere_yet_is_asked_with_again(int status)
    {
        var site = server.Open(TestSetup.InTurn((status, "{}"), (200, Entry(minutes: 15))));
        using var tenant = Tenant(site, TimeProvider.System);

        await tenant.AddressAsync(Cancelled);

        Assert.Equal(2, site.Requests.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task Answer_without_an_address_is_a_failure()
    {
        var site = server.Open(TestSetup.InTurn((200, """{"token":"x"}""")));
        using var tenant = Tenant(site, TimeProvider.System, RetryOptions.None);

        var error = await Assert.ThrowsAsync<InfrastructureException>(async () => await tenant.AddressAsync(Cancelled));

        Assert.Contains("no address, or no token", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Token_that_does_not_say_when_it_ends_is_used_for_some_minutes()
    {
        var site = server.Open(TestSetup.InTurn((200, """{"url":"https://tenant.example/","token":"opaque"}""")));
        using var tenant = Tenant(site);

        await tenant.GetAsync(Cancelled);
        _time.Advance(TimeSpan.FromMinutes(4));
        await tenant.GetAsync(Cancelled);

        Assert.Equal(2, site.Requests.Count);
    }

    private ActionsTenant Tenant(FakeSite site, TimeProvider? time = null, RetryOptions? retry = null) => new(
        TestSetup.Http,
        site.Address,
        new Uri("https://github.example/acme"),
        _ => Task.FromResult(new Secret($"registration-{++_registrations}")),
        retry ?? TestSetup.Quick,
        time ?? _time,
        NullLogger<ActionsTenant>.Instance);

    private static string Entry(int minutes) => $$"""{"url":"https://tenant.example/rest","token":"{{Jwt(minutes)}}","token_schema":"OAuthAccessToken","use_v2_flow":true}""";

    private static string Jwt(int minutes) =>
        $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"exp":{{new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddMinutes(minutes).ToUnixTimeSeconds()}}}"""))}.c2ln";
}
