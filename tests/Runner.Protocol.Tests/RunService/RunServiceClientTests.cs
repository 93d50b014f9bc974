using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.RunService;
using Runner.Testing;
using Runner.Testing.Http;

namespace Runner.Protocol.Tests.RunService;

public sealed class RunServiceClientTests(FakeHttpServer server)
{
    private static readonly PlanId Plan = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));
    private static readonly JobId Job = new(Guid.Parse("33333333-3333-3333-3333-333333333333"));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Acquiring_sends_the_request_id_and_gives_the_job()
    {
        var site = server.Open(TestSetup.InTurn((200, $$$"""{"jobId":"{{{Job}}}","plan":{"planId":"{{{Plan}}}" },"jobDisplayName":"build"}""")));

        var job = await Client(site).AcquireJobAsync("r-1", "Linux", "b", Cancelled);

        Assert.Equal((Job, Plan, "build"), (job.JobId, job.Plan.PlanId, job.JobDisplayName));
        Assert.Equal("""{"jobMessageId":"r-1","runnerOS":"Linux","billingOwnerId":"b"}""", site.Requests.Single().Body);
    }

    public static TheoryData<int, int, ProtocolErrorKind> Refusals => new()
    {
        // HTTP body's number kind
        { 404, 404, ProtocolErrorKind.JobNotFound },
        { 409, 409, ProtocolErrorKind.JobTaken },
        { 400, 409, ProtocolErrorKind.JobTaken },
        { 500, 422, ProtocolErrorKind.JobNotProcessable },
        { 503, 404, ProtocolErrorKind.JobNotFound },
    };

    [Theory(Timeout = 30_000), MemberData(nameof(Refusals))]
    public async Task The_number_in_the_body_decides_and_a_refusal_is_not_repeated(int status, int code, ProtocolErrorKind kind)
    {
        var site = server.Open(TestSetup.InTurn((status, $$"""{"source":"actions-run-service","statusCode":{{code}},"errorMessage":"why"}""")));

        var exception = await Assert.ThrowsAsync<ProtocolException>(() => Client(site).AcquireJobAsync("r-1", "Linux", null, Cancelled));

        Assert.Equal((kind, code), (exception.Kind, exception.StatusCode!.Value));
        Assert.Equal($"POST acquirejob answered {status} (request REQ:1): why", exception.Message);
        Assert.Single(site.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_404_of_something_between_us_and_the_service_is_repeated()
    {
        var site = server.Open(TestSetup.InTurn((404, "<html>no upstream</html>"), (502, ""), (200, $$"""{"lockedUntil":"2026-01-31T08:15:30.1234567Z"}""")));

        var until = await Client(site).RenewJobAsync(Plan, Job, Cancelled);

        Assert.Equal(new DateTimeOffset(2026, 1, 31, 8, 15, 30, TimeSpan.Zero), until.AddTicks(-until.Ticks % TimeSpan.TicksPerSecond));
        Assert.Equal(3, site.Requests.Count);
        Assert.Equal($$"""{"planId":"{{Plan}}","jobId":"{{Job}}"}""", site.Requests[0].Body);
    }

    [Fact(Timeout = 30_000)]
    public async Task Five_tries_are_made_and_the_last_failure_is_thrown()
    {
        var site = server.Open(TestSetup.InTurn((500, "")));

        var exception = await Assert.ThrowsAsync<InfrastructureException>(() => Client(site).RenewJobAsync(Plan, Job, Cancelled));

        Assert.Equal(500, exception.StatusCode);
        Assert.Equal(5, site.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Retry_after_is_honoured()
    {
        var time = new WaitableTime();
        var first = true;
        var site = server.Open(context =>
        {
            if (first)
            {
                first = false;
                context.Response.Headers.RetryAfter = "120";
                return context.AnswerAsync(429, "");
            }

            return context.AnswerAsync(200, """{"lockedUntil":"2026-01-31T08:15:30Z"}""");
        });
        var client = new RunServiceClient(
            TestSetup.Http, site.Address, new FixedToken(new Secret("t")), TestSetup.Quick, time, NullLogger<RunServiceClient>.Instance);

        var renewal = client.RenewJobAsync(Plan, Job, Cancelled);
        var pause = await time.WaitsAtLeast(TimeSpan.FromSeconds(120)).WaitAsync(Cancelled);
        Assert.Single(site.Requests);
        time.Advance(pause);
        await renewal;

        Assert.InRange(pause, TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(132)); // with jitter
        Assert.Equal(2, site.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task No_try_begins_after_the_total_limit()
    {
        var site = server.Open(TestSetup.InTurn((500, "")));
        var client = new RunServiceClient(
            TestSetup.Http,
            site.Address,
            new FixedToken(new Secret("t")),
            TestSetup.Quick with { MaxRetries = int.MaxValue, MaxTotal = TimeSpan.FromMilliseconds(50) },
            TimeProvider.System,
            NullLogger<RunServiceClient>.Instance);

        await Assert.ThrowsAsync<InfrastructureException>(() => client.RenewJobAsync(Plan, Job, Cancelled));

        Assert.NotEmpty(site.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_page_in_the_place_of_an_answer_completes_no_job()
    {
        var first = true;
        var site = server.Open(context =>
        {
            if (!first)
            {
                return context.AnswerAsync(204, "");
            }

            first = false;
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync("<html>Sign in to continue</html>");
        });

        await Client(site).CompleteJobAsync(new CompleteJobRequest { PlanId = Plan, JobId = Job, Conclusion = Conclusion.Succeeded }, Cancelled);

        Assert.Equal(2, site.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Completion_is_written_as_the_service_expects_it()
    {
        var site = server.Open(TestSetup.InTurn((204, "")));
        var step = Guid.Parse("44444444-4444-4444-4444-444444444444");

        await Client(site).CompleteJobAsync(
            new CompleteJobRequest
            {
                PlanId = Plan,
                JobId = Job,
                Conclusion = Conclusion.SucceededWithIssues,
                Outputs = new Dictionary<string, JobOutput> { ["v"] = new() { Value = "1" } },
                StepResults =
                [
                    new StepResult
                    {
                        ExternalId = new StepId(step),
                        Number = 1,
                        Name = "Run make",
                        Type = "run",
                        Status = StepStatus.Completed,
                        StartedAt = new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero),
                        CompletedLogLines = 3,
                    },
                ],
                Annotations = [new JobAnnotation { Level = AnnotationLevel.Failure, Message = "m", StartLine = 4 }],
            },
            Cancelled);

        Assert.Equal(
            $$$"""
            {"planId":"{{{Plan}}}","jobId":"{{{Job}}}","conclusion":"succeededWithIssues","outputs":{"v":{"value":"1","isSecret":false}},
            "stepResults":[{"external_id":"{{{step}}}","number":1,"name":"Run make","type":"run","status":"completed","conclusion":"succeeded",
            "started_at":"2026-01-31T08:00:00.000Z","completed_log_lines":3}],"annotations":[{"level":"failure","message":"m","startLine":4}]}
            """.ReplaceLineEndings(string.Empty),
            site.Requests.Single().Body);
    }

    public static TheoryData<string, string> MalformedJobs => new()
    {
        // body                                                                   message
        { """{"jobId":"33333333-3333-3333-3333-333333333333","steps":7,"plan":{"planId":"11111111-1111-1111-1111-111111111111"}}""", "The job message cannot be read: bad or missing value at $.steps" },
        { """{"jobId":"33333333-3333-3333-3333-333333333333","plan":{"planId":"11111111-1111-1111-1111-111111111111"},"contextData":[1]}""", "The job message cannot be read: bad or missing value at $.contextData" },
    };

    [Theory(Timeout = 30_000), MemberData(nameof(MalformedJobs))]
    public async Task A_malformed_job_is_told_with_what_it_takes_to_complete_it(string body, string message)
    {
        var site = server.Open(TestSetup.InTurn((200, body)));

        var exception = await Assert.ThrowsAsync<UnreadableJobMessageException>(() => Client(site).AcquireJobAsync("r-1", "Linux", null, Cancelled));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
        Assert.Equal((Plan, Job), (exception.PlanId, exception.JobId));
    }

    public static TheoryData<string> GarbledAnswers => new()
    {
        "",
        "null",
        "[]",
        "{}",
        "{\"x\":",
        "<html>502 upstream</html>",
        "{\"jobId\":\"33333333-3333-3333-3333-333333333333\",\"plan\":{\"planId\":\"11111111-1111-1111-1111-111111111111\"},\"steps\":[",
    };

    [Theory(Timeout = 30_000), MemberData(nameof(GarbledAnswers))]
    public async Task An_answer_that_is_no_job_is_asked_for_again(string garbled)
    {
        var site = server.Open(TestSetup.InTurn((200, garbled), (200, Whole)));

        var job = await Client(site).AcquireJobAsync("r-1", "Linux", null, Cancelled);

        Assert.Equal(Job, job.JobId);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_that_stays_cut_is_told_with_what_can_be_read_of_it_whatever_comes_after()
    {
        const string Cut = """
            {"plan":{"planId":"11111111-1111-1111-1111-111111111111"},"jobId":"33333333-3333-3333-3333-333333333333","resources":{"endpoints":[
             {"name":"Other","url":"https://other.example/","authorization":{"parameters":{"AccessToken":"other"}}},
             {"url":"https://run.example/7/","authorization":{"parameters":{"AccessToken":"s3cr3t"}},"name":"SystemVssConnection"}]},"steps":[{
            """;
        var site = server.Open(TestSetup.InTurn((200, Cut), (409, """{"source":"actions-run-service","statusCode":409,"errorMessage":"taken"}""")));

        var exception = await Assert.ThrowsAsync<UnreadableJobMessageException>(() => Client(site).AcquireJobAsync("r-1", "Linux", null, Cancelled));

        Assert.Equal((Plan, Job), (exception.PlanId, exception.JobId));
        Assert.Equal("https://run.example/7/", exception.RunServiceUrl?.ToString());
        Assert.Equal("s3cr3t", exception.Token?.Reveal());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_of_which_nothing_can_be_read_is_told_by_the_offers_id_and_the_answers_header()
    {
        var site = server.Open(async context =>
        {
            context.Response.Headers["x-plan-id"] = Plan.ToString();
            await context.Response.Body.WriteAsync("garbled"u8.ToArray(), context.RequestAborted);
        });

        var exception = await Assert.ThrowsAsync<UnreadableJobMessageException>(() => Client(site).AcquireJobAsync(Job.ToString(), "Linux", null, Cancelled));

        Assert.Equal((Plan, Job), (exception.PlanId, exception.JobId));
        Assert.True(site.Requests.Count > 1);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_malformed_job_gives_its_endpoint_as_well_and_shows_no_secret()
    {
        var site = server.Open(TestSetup.InTurn((200, """
            {"jobId":"33333333-3333-3333-3333-333333333333","plan":"s3cr3t","resources":{"endpoints":[{"name":"systemvssconnection","url":"https://run.example/7/",
             "authorization":{"parameters":{"AccessToken":"s3cr3t"}}}]}}
            """)));

        var exception = await Assert.ThrowsAsync<UnreadableJobMessageException>(() => Client(site).AcquireJobAsync("r-1", "Linux", null, Cancelled));

        Assert.Equal("https://run.example/7/", exception.RunServiceUrl?.ToString());
        Assert.Equal("s3cr3t", exception.Token?.Reveal());
        Assert.Null(exception.PlanId);
        Assert.DoesNotContain("s3cr3t", exception.ToString(), StringComparison.Ordinal);
    }

    private const string Whole = """{"jobId":"33333333-3333-3333-3333-333333333333","plan":{"planId":"11111111-1111-1111-1111-111111111111"}}""";

    private static RunServiceClient Client(FakeSite site) => new(
        TestSetup.Http, site.Address, new FixedToken(new Secret("t")), TestSetup.Quick, TimeProvider.System, NullLogger<RunServiceClient>.Instance);
}
