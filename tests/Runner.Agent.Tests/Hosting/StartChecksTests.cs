using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Agent.Checks;
using Runner.Agent.Configuration;
using Runner.Agent.Hosting;
using Runner.Agent.Monitoring;
using Runner.Agent.Network;
using Runner.GitHub;
using Runner.GitHub.Auth;
using Runner.GitHub.Inspection;
using Runner.Testing;
using Runner.Testing.Http;

namespace Runner.Agent.Tests.Hosting;

public sealed class StartChecksTests(FakeHttpServer server) : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Agent_is_ready_once_GitHub_lets_it_register_runners_and_says_until_then_what_to_do()
    {
        var isAllowed = false;
        var site = server.Open(http => AnswerAsync(http, Volatile.Read(ref isAllowed)));
        var health = new AgentHealth(new SupervisionOptions(), TimeProvider.System);
        using var checks = Checks(site, health);

        await checks.StartAsync(Token);
        var first = await UntilAsync(health, told => told.Contains("permissions", StringComparison.Ordinal));
        Volatile.Write(ref isAllowed, true);
        await UntilAsync(health, told => told.Length == 0);
        var asked = site.Requests.Count;
        await checks.ExecuteTask!; // it has started: what did not fail is not asked for again

        Assert.Contains("github: permissions: GitHub does not allow us to make a registration token", first, StringComparison.Ordinal);
        Assert.Contains("'Self-hosted runners: write'", first, StringComparison.Ordinal);
        Assert.Equal(asked, site.Requests.Count);
        await checks.StopAsync(Token);
    }

    private StartChecks Checks(FakeSite site, AgentHealth health)
    {
        File.WriteAllText(_folder["token"], "ghp_x");
        var options = new AgentOptions { Github = new GitHubOptions { Auth = new GitHubAuthOptions { TokenFile = _folder["token"] } }, Pools = [new PoolOptions { Name = "a" }] };
        var endpoint = GitHubEndpoint.Parse($"{site.Address.GetLeftPart(UriPartial.Authority)}/acme", allowInsecureHttp: false) with { ApiBase = site.Address };
        var inspector = new GitHubInspector(new GitHubRest(endpoint, new GitHubCredentials.TokenFile(_folder["token"]), () => new SocketsHttpHandler(), TimeProvider.System));
        return new StartChecks(
            new GitHubChecks(options, endpoint, AgentNetwork.None, inspector, TimeProvider.System),
            health,
            new SupervisionOptions { RetryPause = TimeSpan.FromMilliseconds(20), LongRetryPause = TimeSpan.FromMilliseconds(20) },
            TimeProvider.System,
            NullLogger<StartChecks>.Instance);
    }

    private static Task AnswerAsync(HttpContext http, bool isAllowed)
    {
        var isToken = http.Request.Path.Value == "/orgs/acme/actions/runners/registration-token";
        http.Response.ContentType = "application/json";
        http.Response.StatusCode = isToken ? (isAllowed ? 201 : 403) : http.Request.Path.Value == "/rate_limit" ? 200 : 404;
        return http.Response.WriteAsync(isToken && isAllowed ? """{"token":"t"}""" : """{"message":"no"}""", Token);
    }

    private static async Task<string> UntilAsync(AgentHealth health, Predicate<string> isTold)
    {
        string told;
        while (!isTold(told = string.Join('\n', health.NotReady())))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }

        return told;
    }
}
