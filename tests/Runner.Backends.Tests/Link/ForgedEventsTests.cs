using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Backends.Link;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Backends.Tests.Link;

/// <summary>Lines like the worker's, which a step can print where the worker prints: into the log of a job on the host.</summary>
public sealed class ForgedEventsTests
{
    private readonly Jobs.Secrets.Secret _key = LinkKey.New();
    private readonly FakeTimeProvider _time = new();
    private int _opened;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Requests_that_the_worker_did_not_make_are_taken_up_by_nobody()
    {
        await using var desk = Desk();
        var feed = new EventFeed(_time, desk.Take, isRead: false);

        for (var number = 1; number <= 60_000; number++)
        {
            await feed.TakeAsync(Line(number, $$"""{"type":"requestMade","requestId":"r{{number}}","kind":"container","proof":"{{number:x64}}"}"""), Token);
        }

        Assert.Equal(0, _opened);
    }

    [Fact(Timeout = 60_000)]
    public async Task Forged_numbers_do_not_hide_what_the_worker_asks_for()
    {
        await using var desk = Desk();
        var feed = new EventFeed(_time, desk.Take, isRead: false);

        await feed.TakeAsync(Line(long.MaxValue, """{"type":"jobEnded","conclusion":"succeeded"}"""), Token);
        await feed.TakeAsync(Line(1, $$"""{"type":"requestMade","requestId":"r","kind":"container","proof":"{{LinkKey.ProofOf(_key, "r")}}"}"""), Token);
        await Task.Run(() => SpinWait.SpinUntil(() => _opened > 0, TimeSpan.FromSeconds(30)), Token);

        Assert.Equal(1, _opened);
        Assert.False(feed.IsComplete);
    }

    [Theory]
    [InlineData("r", "r2")]
    [InlineData("r", "")]
    public void Proof_of_one_request_is_none_of_another(string made, string told)
    {
        var proof = LinkKey.ProofOf(_key, made);

        Assert.True(LinkKey.IsProven(_key, new RequestMadeEvent { RequestId = made, Kind = "x", Proof = proof }));
        Assert.False(LinkKey.IsProven(_key, new RequestMadeEvent { RequestId = told, Kind = "x", Proof = proof }));
        Assert.False(LinkKey.IsProven(LinkKey.New(), new RequestMadeEvent { RequestId = made, Kind = "x", Proof = proof }));
        Assert.False(LinkKey.IsProven(_key, new RequestMadeEvent { RequestId = made, Kind = "x" }));
    }

    private RequestDesk Desk() => new(new JobId(Guid.NewGuid()), _key, OpenAsync, new NoRequests(), _time, NullLogger.Instance);

    private Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _opened);
        throw new InfrastructureException("nobody listens");
    }

    private static byte[] Line(long number, string json) => Encoding.UTF8.GetBytes($"@event {number} {json}");

    private sealed class NoRequests : IWorkerRequestHandler
    {
        public Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken) =>
            Task.FromResult<RequestResult>(new RequestDone());
    }
}
