using Runner.Kubernetes.Client;
using Runner.Testing.Http;

namespace Runner.Kubernetes.Tests.Client;

/// <summary>Answers that stall after their headers: every kind of call ends all the same.</summary>
public sealed class WholeAnswersTests(FakeHttpServer server)
{
    private const int Limit = 30_000;
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    public static TheoryData<string> Paths => new() { "api/v1/namespaces/ci/pods", "version", "api/v1/namespaces/ci/secrets/a" };

    [Theory(Timeout = Limit), MemberData(nameof(Paths))]
    public async Task Answer_that_stalls_halfway_ends_with_the_limit(string path)
    {
        using var http = Client(Short);

        await Assert.ThrowsAsync<HttpRequestException>(
            () => http.GetAsync(new Uri(Stalling().Address, path), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken));
    }

    [Theory(Timeout = Limit), MemberData(nameof(Paths))]
    public async Task Answer_that_stalls_halfway_ends_with_the_callers_token(string path)
    {
        using var http = Client(TimeSpan.FromMinutes(10));
        using var stop = new CancellationTokenSource(Short);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => http.GetAsync(new Uri(Stalling().Address, path), HttpCompletionOption.ResponseHeadersRead, stop.Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Watch_is_read_as_it_comes()
    {
        using var http = Client(Short);

        using var response = await http.GetAsync(
            new Uri(Stalling().Address, "api/v1/namespaces/ci/pods?watch=true"), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var begun = new byte[8];
        await (await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)).ReadExactlyAsync(begun, TestContext.Current.CancellationToken);

        Assert.Equal("{\"items\""u8.ToArray(), begun);
    }

    private static HttpClient Client(TimeSpan limit)
    {
        var handler = new WholeAnswers(limit, TimeProvider.System) { InnerHandler = new SocketsHttpHandler() };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private FakeSite Stalling() => server.Open(async context =>
    {
        context.Response.ContentLength = 1000;
        await context.Response.Body.WriteAsync("{\"items\""u8.ToArray(), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    });
}
