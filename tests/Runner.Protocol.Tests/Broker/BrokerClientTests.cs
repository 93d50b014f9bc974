using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;
using Runner.Testing.Http;

namespace Runner.Protocol.Tests.Broker;

public sealed class BrokerClientTests(FakeHttpServer server)
{
    private static readonly Guid Session = Guid.Parse("99999999-0000-4000-8000-000000000001");

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task A_session_is_opened_for_the_runner_and_closed_by_its_token()
    {
        var site = server.Open(TestSetup.InTurn((200, $$"""{"sessionId":"{{Session}}","ownerName":"m"}"""), (200, "")));
        var client = Client(site);

        var session = await client.CreateSessionAsync(42, "pod-7", "m (PID: 1)", Cancelled);
        await client.DeleteSessionAsync(Cancelled);

        Assert.Equal(Session, session.SessionId);
        Assert.Equal(["POST /session", "DELETE /session"], site.Requests.Select(request => $"{request.Method} {request.Path}"));
        Assert.Contains("\"agent\":{\"id\":42,\"name\":\"pod-7\",\"version\":\"2.336.0\",\"osDescription\":\"Linux\"}", site.Requests[0].Body, StringComparison.Ordinal);
        Assert.All(site.Requests, request => Assert.Equal("Bearer t1", request.Headers["Authorization"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_poll_says_who_asks_and_gives_the_job_offered()
    {
        var site = server.Open(TestSetup.InTurn((200, """
            {"messageId":7,"messageType":"runnerjobrequest","body":"{\"runner_request_id\":\"r-1\",\"should_acknowledge\":true,\"run_service_url\":\"https://run.example/\",\"billing_owner_id\":\"b\",\"new\":1}"}
            """)));

        var message = await Client(site).GetMessageAsync(Session, RunnerStatus.Online, Cancelled);

        var offered = Assert.IsType<JobOffered>(message);
        Assert.Equal(7, offered.MessageId);
        Assert.Equal(("r-1", true, "https://run.example/", "b"), (offered.Request.RunnerRequestId, offered.Request.ShouldAcknowledge, offered.Request.RunServiceUrl, offered.Request.BillingOwnerId));
        Assert.Equal(
            $"/message?sessionId={Session}&status=Online&runnerVersion=2.336.0&os=Linux&architecture=X64&disableUpdate=true",
            site.Requests.Single().Path);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(204)]
    public async Task An_empty_answer_is_no_message(int status)
    {
        var site = server.Open(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        Assert.Null(await Client(site).GetMessageAsync(Session, RunnerStatus.Busy, Cancelled));
    }

    public static TheoryData<string, string?, Type> Messages => new()
    {
        // type                  body                                                                                       read as
        { "JobCancellation",     """{"jobId":"33333333-3333-3333-3333-333333333333","timeout":"00:05:00"}""",               typeof(JobCanceled) },
        { "BrokerMigration",     """{"brokerBaseUrl":"https://other.example/"}""",                                          typeof(BrokerMoved) },
        { "BrokerMigration",     """{"brokerBaseUrl":"other"}""",                                                           typeof(UnreadableMessage) },
        { "ForceTokenRefresh",   null,                                                                                      typeof(TokenRefreshAsked) },
        { "RunnerJobRequest",    "{",                                                                                       typeof(UnreadableMessage) },
        { "RunnerJobRequest",    null,                                                                                      typeof(UnreadableMessage) },
        { "RunnerRefreshConfig", """{"configType":"runner"}""",                                                             typeof(UnknownMessage) }, // files that an ephemeral runner does not have
        { "SomethingNew",        "{}",                                                                                      typeof(UnknownMessage) },
    };

    [Theory, MemberData(nameof(Messages))]
    public void Each_type_of_message_is_read_and_none_makes_the_poll_fail(string type, string? body, Type expected) =>
        Assert.IsType(expected, IncomingMessage.Read(new RunnerMessage { MessageId = 1, MessageType = type, Body = body }));

    public static TheoryData<int, string, ProtocolErrorKind> Refusals => new()
    {
        // status body                                                                                                      kind
        { 404, """{"source":"actions-broker-listener","errorKind":"RunnerNotFound","statusCode":404,"errorMessage":"x"}""", ProtocolErrorKind.RunnerNotFound },
        { 400, """{"source":"actions-broker-listener","errorKind":"RunnerVersionTooOld"}""",                                ProtocolErrorKind.VersionTooOld },
        { 400, """{"source":"actions-broker-listener","errorKind":"RunnerSessionInvalid"}""",                               ProtocolErrorKind.SessionInvalid },
        { 410, """{"source":"actions-broker-listener","errorKind":"HostedRunnerDeprovisioned"}""",                          ProtocolErrorKind.RunnerDeprovisioned },
        { 401, "",                                                                                                          ProtocolErrorKind.Unauthorized },
        { 403, "<html>",                                                                                                    ProtocolErrorKind.Forbidden },
    };

    [Theory(Timeout = 30_000), MemberData(nameof(Refusals))]
    public async Task A_refusal_is_told_by_its_kind(int status, string body, ProtocolErrorKind kind)
    {
        var site = server.Open(TestSetup.InTurn((status, body)));

        var exception = await Assert.ThrowsAsync<ProtocolException>(() => Client(site).GetMessageAsync(Session, RunnerStatus.Online, Cancelled));

        Assert.Equal(kind, exception.Kind);
        Assert.StartsWith($"GET message answered {status} (request REQ:1)", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("t1", exception.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_second_session_is_a_conflict()
    {
        var site = server.Open(TestSetup.InTurn((409, "{}")));

        var exception = await Assert.ThrowsAsync<ProtocolException>(() => Client(site).CreateSessionAsync(42, "pod-7", "m", Cancelled));

        Assert.Equal(ProtocolErrorKind.SessionConflict, exception.Kind);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_acknowledged_job_that_went_away_is_told()
    {
        var site = server.Open(TestSetup.InTurn((404, """{"source":"actions-broker-listener","errorKind":"AcknowledgeJobNotFound"}""")));

        var exception = await Assert.ThrowsAsync<ProtocolException>(() => Client(site).AcknowledgeAsync(Session, RunnerStatus.Online, "r-1", Cancelled));

        Assert.Equal(ProtocolErrorKind.AcknowledgeJobNotFound, exception.Kind);
        Assert.Equal("""{"runnerRequestId":"r-1"}""", site.Requests.Single().Body);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_passing_failure_is_not_repeated_here_and_keeps_what_the_server_asked()
    {
        var site = server.Open(context =>
        {
            context.Response.Headers.RetryAfter = "7";
            return context.AnswerAsync(429, "");
        });

        var exception = await Assert.ThrowsAsync<InfrastructureException>(() => Client(site).GetMessageAsync(Session, RunnerStatus.Online, Cancelled));

        Assert.Equal((429, TimeSpan.FromSeconds(7)), (exception.StatusCode, exception.RetryAfter));
        Assert.Single(site.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_refused_token_is_dropped_and_asked_for_once()
    {
        var tokens = new CountingTokens();
        var site = server.Open(context => context.Request.Headers.Authorization == "Bearer t2" ? context.AnswerAsync(200, "") : context.AnswerAsync(401, ""));
        var client = new BrokerClient(TestSetup.Http, site.Address, tokens, new RunnerDescription { Version = "2.336.0" }, _time);

        var message = await client.GetMessageAsync(Session, RunnerStatus.Online, Cancelled);

        Assert.Null(message);
        Assert.Equal(2, tokens.Given);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_poll_that_nobody_answers_ends_after_100_seconds()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var site = server.Open(async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });

        var poll = Client(site).GetMessageAsync(Session, RunnerStatus.Online, Cancelled);
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(100));

        Assert.Equal("GET message: no answer within 100 s", (await Assert.ThrowsAsync<InfrastructureException>(() => poll)).Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_that_stops_in_the_middle_ends_after_the_same_time()
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var site = server.Open(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            began.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });

        var poll = Client(site).GetMessageAsync(Session, RunnerStatus.Online, Cancelled);
        await began.Task;
        _time.Advance(TimeSpan.FromSeconds(100));

        Assert.Equal("GET message: no answer within 100 s", (await Assert.ThrowsAsync<InfrastructureException>(() => poll)).Message);
    }

    private BrokerClient Client(FakeSite site) => new(
        TestSetup.Http, site.Address, new FixedToken(new Secret("t1")), new RunnerDescription { Version = "2.336.0" }, _time);

    private sealed class CountingTokens : ITokenSource
    {
        public int Given { get; private set; }

        public ValueTask<Secret> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new Secret($"t{++Given}"));

        public bool TryDrop(Secret token) => true;
    }
}
