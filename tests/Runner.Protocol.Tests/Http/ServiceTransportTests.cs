using System.Net;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Testing.Network;

namespace Runner.Protocol.Tests.Http;

/// <summary>What lies between us and a service, met by the real stack: each is told as a failure that may pass, with its own words.</summary>
public sealed class ServiceTransportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Name_that_nobody_knows_is_tried_again()
    {
        var error = await FailAsync(new Uri("https://github.invalid/"), proxy: null); // RFC 6761: never there

        Assert.Contains("github.invalid", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Certificate_that_is_not_trusted_is_tried_again_and_told_as_that()
    {
        await using var site = await SecretSite.StartAsync(credentials: null, Token);

        var error = await FailAsync(new Uri($"https://{SecretSite.Host}/"), new WebProxy(site.Proxy.Address));

        Assert.Contains("certificate", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact(Timeout = 60_000)]
    public async Task Proxy_that_does_not_know_the_way_is_tried_again_and_told_as_the_proxys()
    {
        await using var site = await SecretSite.StartAsync(credentials: null, Token);

        var error = await FailAsync(new Uri("https://elsewhere.test/"), new WebProxy(site.Proxy.Address));

        Assert.Contains("proxy", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<InfrastructureException> FailAsync(Uri address, WebProxy? proxy)
    {
#pragma warning disable RS0030 // a test's own client
        using var http = new HttpClient(new SocketsHttpHandler { Proxy = proxy, UseProxy = proxy is not null });
#pragma warning restore RS0030
        var transport = new ServiceTransport(http, tokens: null, TimeProvider.System);
        return await Assert.ThrowsAsync<InfrastructureException>(() => transport.SendAsync(new ServiceCall(HttpMethod.Get, address, "session"), Token));
    }
}
