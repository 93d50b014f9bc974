using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Contracts;
using Runner.Agent.GitHubClients;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.Results;
using Runner.Testing.Http;

namespace Runner.Agent.Tests.GitHubClients;

public sealed class ReasonLogTests(FakeHttpServer server)
{
    private const string Line = "2026-03-01T12:00:00.0000000Z ##[error]memory 8 Gi\n";
    private const string Missed = "2026-03-01T11:59:59.0000000Z the last line\n";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact(Timeout = 30_000)]
    public async Task Reason_is_the_whole_log_where_no_worker_ran()
    {
        var site = Open(appendStatus: 500);

        await WriteAsync(site, workerStarted: false);

        var puts = site.Requests.Where(request => request.Method == "PUT").ToList();
        Assert.Equal(["/step?sig=1", "/job?sig=1"], puts.Select(request => request.Path));
        Assert.All(puts, request => Assert.Equal(Line, request.Body));
    }

    [Fact(Timeout = 30_000)]
    public async Task Reason_is_added_to_what_a_worker_wrote()
    {
        var site = Open(appendStatus: 201);

        await WriteAsync(site, workerStarted: true);

        var append = Assert.Single(site.Requests, request => request.Path.StartsWith("/job?", StringComparison.Ordinal));
        Assert.Equal("/job?sig=1&comp=appendblock&seal=true", append.Path);
        Assert.Equal(Line, append.Body);
        Assert.False(append.Headers.ContainsKey("x-ms-blob-condition-appendpos"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(404, 2)] // the worker wrote nothing: a log is made
    [InlineData(409, 1)] // the worker closed its log: it stays as it is
    public async Task Log_that_cannot_be_added_to_is_made_or_left(int status, int jobPuts)
    {
        var site = Open(status);

        await WriteAsync(site, workerStarted: true);

        Assert.Equal(jobPuts, site.Requests.Count(request => request.Path.StartsWith("/job?", StringComparison.Ordinal)));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(201, true)]
    [InlineData(412, true)] // the worker had sent more than it could tell, or this is a repeated call
    [InlineData(404, false)] // it had sent nothing
    public async Task What_a_worker_had_not_sent_comes_before_the_reason(int status, bool isAdded)
    {
        var site = Open(status);

        await WriteAsync(site, workerStarted: true, Unsent(position: 77, lost: 0));

        var step = Assert.Single(site.Requests, request => request.Path.StartsWith("/step?", StringComparison.Ordinal));
        Assert.Equal($"2026-03-01T12:00:00.0000000Z The last of the job's log, which its worker had not sent to GitHub:\n{Missed}{Line}", step.Body);
        var job = site.Requests.Where(request => request.Path.StartsWith("/job?", StringComparison.Ordinal)).ToList();
        Assert.Equal(("/job?sig=1&comp=appendblock", "77", Missed), (job[0].Path, job[0].Headers["x-ms-blob-condition-appendpos"], job[0].Body));
        Assert.Equal(isAdded ? ("/job?sig=1&comp=appendblock&seal=true", Line) : ("/job?sig=1", Missed + Line), (job[1].Path, job[1].Body));
        Assert.Equal(2, job.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Where_storage_cannot_tell_what_is_there_nothing_is_written_twice()
    {
        var site = Open(appendStatus: 201, storage: "BLOB_STORAGE_TYPE_OTHER");

        await WriteAsync(site, workerStarted: true, Unsent(position: 77, lost: 0));

        Assert.Equal(Line, Assert.Single(site.Requests, request => request.Path.StartsWith("/job?", StringComparison.Ordinal)).Body);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_lost_is_told()
    {
        var site = Open(appendStatus: 201);

        await WriteAsync(site, workerStarted: true, Unsent(position: 77, lost: 5120));

        Assert.Contains(site.Requests, request => request.Body.StartsWith(
            "2026-03-01T12:00:00.0000000Z ##[warning]5120 bytes of the log are missing here", StringComparison.Ordinal));
    }

    private static UnsentLog Unsent(long position, long lost)
    {
        var text = Encoding.UTF8.GetBytes(Missed);
        return UnsentLog.Pack(position, position + text.Length, text) with { Lost = lost };
    }

    private FakeSite Open(int appendStatus, string storage = "BLOB_STORAGE_TYPE_AZURE")
    {
        FakeSite? site = null;
        site = server.Open(async http =>
        {
            if (http.Request.Query.ContainsKey("comp"))
            {
                http.Response.StatusCode = appendStatus;
                return;
            }

            var log = http.Request.Path.Value!.Contains("JobLogs", StringComparison.Ordinal) ? "job" : "step"; // every request has a path
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(
                $$"""{"ok": true, "logs_url": "{{new Uri(site!.Address, log)}}?sig=1", "blob_storage_type": "{{storage}}"}""", // set before the first request
                http.RequestAborted);
        });
        return site;
    }

    private async Task WriteAsync(FakeSite site, bool workerStarted, UnsentLog? unsent = null)
    {
        var factory = new ServiceCollection().AddHttpClient().BuildServiceProvider().GetRequiredService<IHttpClientFactory>();
        var results = new ResultsClient(
            factory.CreateClient(), site.Address, new FixedToken(new Secret("t")), new PlanId(Guid.NewGuid()), new JobId(Guid.NewGuid()), _time);
        var log = new ReasonLog(results, new BlobClient(factory.CreateClient(), _time), _time);
        var verdict = JobVerdict.Failed("out_of_memory", "memory 8 Gi", isInfrastructure: false) with { WorkerStarted = workerStarted, Unsent = unsent };

        await log.WriteAsync(new ReasonStep(StepId.New(), 1, "Set up job", _time.GetUtcNow()), verdict, TestContext.Current.CancellationToken);
    }
}
