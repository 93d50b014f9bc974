using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Runner.GitHub.Limits;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Tests.Limits;

/// <summary>The limits as GitHub's documentation has them ("Rate limits for the REST API"), by a server that says so.</summary>
public sealed class RateLimitHandlerTests : IDisposable
{
    private const string Runners = "orgs/acme/actions/runners";
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly GitHubServer _server = new();
    private readonly FakeTimeProvider _time = new(Now);
    private readonly List<GitHubCall> _calls = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int, string?, string?, string?, int?> Answers => new()
    {
        // status, Retry-After, remaining, reset in, pause
        { 200, null, "4999", "600", null },
        { 200, null, "0", "600", null },
        { 403, null, "12", "600", null },
        { 403, null, "0", "600", 600 },
        { 429, null, "0", "600", 600 },
        { 403, "30", "12", "600", 30 },
        { 429, "30", null, null, 30 },
        { 429, null, null, null, 60 },
        { 403, null, null, null, null },
        { 429, "Sun, 01 Mar 2026 12:02:00 GMT", null, null, 120 },
        { 429, "-5", "5", null, 60 },
        { 403, null, "0", "-20", 1 },
        { 429, "99999999", null, null, 3600 },
        { 429, "soon", "many", "later", 60 },
        { 503, "30", null, null, null },
    };

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("2026-12-24 18:00:00 UTC", "2026-12-24T18:00:00Z")]
    [InlineData("2026-12-24 18:00:00 +0200", "2026-12-24T16:00:00Z")]
    [InlineData("never", null)]
    [InlineData(null, null)]
    public void Answer_says_when_the_token_ends(string? header, string? end)
    {
        using var answer = new HttpResponseMessage();
        if (header is not null)
        {
            answer.Headers.TryAddWithoutValidation("GitHub-Authentication-Token-Expiration", header);
        }

        Assert.Equal(end is null ? null : DateTimeOffset.Parse(end, CultureInfo.InvariantCulture), GitHubCall.Of(answer, Now).CredentialsExpire);
    }

    [Theory, MemberData(nameof(Answers))]
    public void Answer_says_how_long_nothing_may_be_asked(int status, string? retryAfter, string? remaining, string? resetIn, int? pause)
    {
        using var answer = new HttpResponseMessage((System.Net.HttpStatusCode)status);
        Add("Retry-After", retryAfter);
        Add("X-RateLimit-Remaining", remaining);
        Add("X-RateLimit-Reset", long.TryParse(resetIn, out var seconds) ? (Now.ToUnixTimeSeconds() + seconds).ToString(CultureInfo.InvariantCulture) : resetIn);

        Assert.Equal(pause, GitHubCall.Of(answer, Now).RetryAfter?.TotalSeconds);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                answer.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }

    [Fact]
    public async Task One_who_was_told_to_wait_waits_for_all()
    {
        _server.Answers("GET", Runners, 403, new { message = "You have exceeded a secondary rate limit" }, "Retry-After: 90");
        var registrar = Registrar();

        var first = await Assert.ThrowsAsync<InfrastructureException>(() => registrar.ListAsync("a", Token));
        _time.Advance(TimeSpan.FromSeconds(40));
        var second = await Assert.ThrowsAsync<InfrastructureException>(() => registrar.ListAsync("b", Token));
        var asked = _server.Http.LogEntries.Count;
        _time.Advance(TimeSpan.FromSeconds(51));
        await Assert.ThrowsAsync<InfrastructureException>(() => registrar.ListAsync("c", Token));

        Assert.Equal((90, 50), (first.RetryAfter?.TotalSeconds, second.RetryAfter?.TotalSeconds));
        Assert.Equal((1, 2), (asked, _server.Http.LogEntries.Count));
    }

    [Fact]
    public async Task Secondary_limit_that_only_the_words_tell_of_is_kept_for_a_minute()
    {
        _server.Answers("GET", Runners, 403, new { message = "You have exceeded a secondary rate limit. Please wait a few minutes" }, [("X-RateLimit-Remaining", "4000")]);
        var registrar = Registrar();

        await Assert.ThrowsAsync<InfrastructureException>(() => registrar.ListAsync("a", Token));
        var second = await Assert.ThrowsAsync<InfrastructureException>(() => registrar.ListAsync("b", Token));

        Assert.Equal(60, second.RetryAfter?.TotalSeconds);
        Assert.Single(_server.Http.LogEntries);
    }

    [Fact]
    public async Task Late_answer_does_not_shorten_a_wait()
    {
        var late = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        var answers = new Queue<Task<HttpResponseMessage>>([late.Task, Task.FromResult(Limited(3000))]);
        using var client = new HttpMessageInvoker(new RateLimitHandler(_time, _calls.Add) { InnerHandler = new Scripted(answers) });

        var first = SendAsync(client);
        using var second = await SendAsync(client);
        late.SetResult(Limited(60));
        using var answered = await first;
        using var third = await SendAsync(client);

        Assert.Equal(3000, third.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    private static HttpResponseMessage Limited(int seconds)
    {
        var answer = new HttpResponseMessage(System.Net.HttpStatusCode.TooManyRequests);
        answer.Headers.TryAddWithoutValidation("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
        return answer;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.github.test/");
        return await client.SendAsync(request, Token);
    }

    private sealed class Scripted(Queue<Task<HttpResponseMessage>> answers) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answers.Dequeue();
    }

    [Fact]
    public async Task Hourly_limit_that_is_used_up_is_waited_out()
    {
        var reset = Now.AddMinutes(20).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        _server.Answers("GET", Runners, 403, new { message = "API rate limit exceeded" }, [("X-RateLimit-Limit", "5000"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", reset)]);

        var error = await Assert.ThrowsAsync<InfrastructureException>(() => Registrar().ListAsync("a", Token));

        Assert.Equal(1200, error.RetryAfter?.TotalSeconds);
        var call = Assert.Single(_calls);
        Assert.Equal((403, "core", 5000, 0, Now.AddMinutes(20), true), (call.Status, call.Resource, call.Limit, call.Remaining, call.Reset, call.IsPrimary));
    }

    // A missing right is a 403 as well, and no reason to be silent.
    [Fact]
    public async Task Refusal_for_a_right_closes_nothing()
    {
        _server.Answers("GET", Runners, 403, new { message = "Resource not accessible by integration" }, [("X-RateLimit-Remaining", "4000")]);
        var registrar = Registrar();

        await Assert.ThrowsAsync<OperatorException>(() => registrar.ListAsync("a", Token));
        await Assert.ThrowsAsync<OperatorException>(() => registrar.ListAsync("b", Token));

        Assert.Equal(2, _calls.Count);
    }

    private GitHubRegistrar Registrar()
    {
        var handler = new RateLimitHandler(_time, _calls.Add) { InnerHandler = new SocketsHttpHandler() };
        return new GitHubRegistrar(_server.Rest(time: _time, handlers: () => handler));
    }
}
