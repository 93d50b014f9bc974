using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;
using Runner.Protocol.Tenant;
using Runner.Testing.Http;

namespace Runner.Protocol.Tests.Tenant;

public sealed class TenantClientTests(FakeHttpServer server)
{
    private static readonly Guid Session = Guid.Parse("99999999-0000-4000-8000-000000000001");

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Each_call_goes_where_the_server_says_and_names_its_version()
    {
        var site = Site((200, $$"""{"sessionId":"{{Session}}"}"""), (202, ""), (200, ""), (200, ""));
        var client = Sessions(site);

        await client.CreateAsync("m (PID: 1)", useFips: true, Cancelled);
        var message = await client.GetMessageAsync(Session, lastMessage: 6, RunnerStatus.Busy, Cancelled);
        await client.DeleteMessageAsync(Session, 7, Cancelled);
        await client.DeleteAsync(Session, Cancelled);

        Assert.Null(message);
        Assert.Equal(
            [
                "GET /_apis/connectionData?connectOptions=1&lastChangeId=-1&lastChangeId64=-1",
                "POST /odd/work/1/talks",
                $"GET /odd/work/1/letters?sessionId={Session}&lastMessageId=6&status=Busy&runnerVersion=2.336.0&os=Linux&architecture=X64&disableUpdate=true",
                $"DELETE /odd/work/1/letters/7?sessionId={Session}",
                $"DELETE /odd/work/1/talks/{Session}",
            ],
            site.Requests.Select(request => $"{request.Method} {request.Path}"));
        Assert.Equal("application/json; api-version=5.1-preview.1", site.Requests[1].Headers["Accept"]);
        Assert.Equal("application/json; charset=utf-8; api-version=5.1-preview.1", site.Requests[1].Headers["Content-Type"]);
        Assert.Equal("application/json; api-version=6.0-preview.1", site.Requests[2].Headers["Accept"]);
        Assert.Contains("\"useFipsEncryption\":true", site.Requests[1].Body, StringComparison.Ordinal);
        Assert.All(site.Requests, request => Assert.Equal("Bearer t", request.Headers["Authorization"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_the_server_says_is_kept_for_an_hour_for_all_clients()
    {
        var site = Site((202, ""));
        var locations = new TenantLocations(_time);
        await Sessions(site, locations).GetMessageAsync(Session, null, RunnerStatus.Online, Cancelled);
        await Sessions(site, locations).GetMessageAsync(Session, null, RunnerStatus.Online, Cancelled);
        Assert.Single(site.Requests, request => request.Path.Contains("connectionData", StringComparison.Ordinal));

        _time.Advance(TimeSpan.FromHours(1));
        await Sessions(site, locations).GetMessageAsync(Session, null, RunnerStatus.Online, Cancelled);

        Assert.Equal(2, site.Requests.Count(request => request.Path.Contains("connectionData", StringComparison.Ordinal)));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(503)]
    [InlineData(400)]
    public async Task Where_it_does_not_say_it_again_what_it_said_is_good_for_a_minute_more(int status)
    {
        var isSaid = true;
        var site = server.Open(context => context.Request.Path.Value != "/_apis/connectionData" ? context.AnswerAsync(202, "")
            : isSaid ? context.AnswerAsync(200, Map)
            : context.AnswerAsync(status, ""));
        var client = Sessions(site);
        await client.GetMessageAsync(Session, null, RunnerStatus.Online, Cancelled);
        isSaid = false;

        _time.Advance(TimeSpan.FromHours(1));
        await client.GetMessageAsync(Session, null, RunnerStatus.Online, Cancelled);
        await client.GetMessageAsync(Session, null, RunnerStatus.Online, Cancelled);
        var within = Asked();
        _time.Advance(TimeSpan.FromMinutes(1));
        await client.GetMessageAsync(Session, null, RunnerStatus.Online, Cancelled);

        Assert.Equal((2, 3), (within, Asked()));

        int Asked() => site.Requests.Count(request => request.Path.Contains("connectionData", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_resource_that_the_server_does_not_have_is_named()
    {
        var site = server.Open(TestSetup.InTurn((200, """{"locationServiceData":{"serviceDefinitions":[]}}""")));

        var error = await Assert.ThrowsAsync<ProtocolException>(() => Sessions(site).GetMessageAsync(Session, null, RunnerStatus.Online, Cancelled));

        Assert.Equal(ProtocolErrorKind.ResourceUnknown, error.Kind);
        Assert.Contains("c3a054f6-7a8a-49c0-944e-3a8e5d7adfd7", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<int, string, ProtocolErrorKind?> Errors => new()
    {
        // status body                                                                                        kind; null: passes
        { 404, """{"typeKey":"TaskAgentNotFoundException","message":"gone"}""",                               ProtocolErrorKind.RunnerNotFound },
        { 409, """{"typeKey":"TaskAgentSessionConflictException"}""",                                         ProtocolErrorKind.SessionConflict },
        { 403, """{"typeKey":"TaskAgentSessionExpiredException"}""",                                          ProtocolErrorKind.SessionInvalid },
        { 403, """{"typeName":"GitHub.DistributedTask.WebApi.TaskAgentSessionExpiredException, Sdk"}""",      ProtocolErrorKind.SessionInvalid },
        { 403, """{"typeKey":"AccessDeniedException","errorCode":1}""",                                       ProtocolErrorKind.VersionTooOld },
        { 403, """{"typeKey":"AccessDeniedException"}""",                                                     ProtocolErrorKind.Forbidden },
        { 403, "",                                                                                            ProtocolErrorKind.Forbidden },
        { 401, "",                                                                                            ProtocolErrorKind.Unauthorized },
        { 404, """{"typeKey":"TaskAgentJobNotFoundException"}""",                                             ProtocolErrorKind.JobNotFound },
        { 404, """{"typeKey":"TaskOrchestrationPlanNotFoundException"}""",                                    ProtocolErrorKind.JobNotFound },
        { 400, "",                                                                                            ProtocolErrorKind.Refused },
        { 405, "",                                                                                            ProtocolErrorKind.Refused },
        { 413, "<html>",                                                                                      ProtocolErrorKind.Refused },
        { 415, "",                                                                                            ProtocolErrorKind.Refused },
        { 422, """{"typeKey":"SomethingElseException"}""",                                                    ProtocolErrorKind.Refused },
        { 408, "",                                                                                            null },
        { 429, "",                                                                                            null },
        { 404, "<html>",                                                                                      null },
        { 500, """{"typeKey":"SomethingElseException","message":"later"}""",                                  null },
    };

    [Theory(Timeout = 30_000), MemberData(nameof(Errors))]
    public async Task A_refusal_is_known_by_its_type(int status, string body, ProtocolErrorKind? kind)
    {
        var client = Sessions(Site((status, body)));

        var error = await Record.ExceptionAsync(() => client.GetMessageAsync(Session, null, RunnerStatus.Online, Cancelled));

        if (kind is { } expected)
        {
            Assert.Equal(expected, Assert.IsType<ProtocolException>(error).Kind);
        }
        else
        {
            Assert.Equal(status, Assert.IsType<InfrastructureException>(error).StatusCode);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_lock_is_prolonged_by_its_request_and_a_finished_one_is_no_more_ours()
    {
        var site = Site((200, """{"requestId":12,"lockedUntil":"2026-11-29T12:00:00Z"}"""), (200, """{"requestId":12,"result":"canceled","finishTime":"2026-11-29T12:00:00Z"}"""));
        var client = Lock(site);

        var until = await client.RenewAsync(Cancelled);
        var error = await Assert.ThrowsAsync<ProtocolException>(() => client.RenewAsync(Cancelled));

        Assert.Equal(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero), until);
        Assert.Equal(ProtocolErrorKind.JobNotFound, error.Kind);
        Assert.Equal("PATCH /odd/work/1/locks/12?lockToken=00000000-0000-0000-0000-000000000000", $"{site.Requests[1].Method} {site.Requests[1].Path}");
        Assert.Equal("{\"requestId\":12}", site.Requests[1].Body);
        Assert.Equal("o.1", site.Requests[1].Headers["X-VSS-OrchestrationId"]);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(400)]
    [InlineData(413)]
    public async Task A_renewal_that_is_refused_without_a_reason_is_no_lost_lock(int status)
    {
        var error = await Assert.ThrowsAsync<InfrastructureException>(() => Lock(Site((status, ""))).RenewAsync(Cancelled));

        Assert.Equal(status, error.StatusCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_end_of_a_lock_is_by_our_clock()
    {
        var site = server.Open(context =>
        {
            context.Response.Headers.Date = (_time.GetUtcNow() - TimeSpan.FromMinutes(1)).ToString("R", CultureInfo.InvariantCulture);
            return context.AnswerAsync(
                200, context.Request.Path.Value == "/_apis/connectionData" ? Map : $$"""{"requestId":12,"lockedUntil":"{{_time.GetUtcNow().AddMinutes(9):O}}"}""");
        });

        Assert.Equal(_time.GetUtcNow().AddMinutes(10), await Lock(site).RenewAsync(Cancelled));
    }

    [Fact]
    public void A_job_without_a_name_keeps_the_one_that_the_server_knows()
    {
        Assert.Equal((null, null), (TenantReports.Started(Job(), "pod-7", _time.GetUtcNow()).Name, TenantReports.Started(Job(), "pod-7", _time.GetUtcNow()).RefName));
        Assert.Null(TenantReports.Ended(Job(), Conclusion.Failed, _time.GetUtcNow(), []).Name);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_tells_its_records_its_log_and_its_end()
    {
        var site = Site((200, "{}"), (200, """{"id":5}"""), (200, ""), (200, ""));
        var job = Job();
        var plan = new PlanClient(TestSetup.Http, site.Address, new FixedToken(new Secret("t")), new TenantLocations(_time), job, _time);

        await plan.UpdateRecordsAsync([TenantReports.Ended(job, Conclusion.SucceededWithIssues, _time.GetUtcNow(), [])], Cancelled);
        var log = await plan.CreateLogAsync(job.JobId.Value, Cancelled);
        await plan.AppendLogAsync(log, () => new ByteArrayContent(Encoding.UTF8.GetBytes("hello\n")), Cancelled);
        await plan.CompleteJobAsync(
            new JobCompletedEvent
            {
                JobId = job.JobId,
                RequestId = 12,
                Result = Conclusion.Succeeded,
                Outputs = new Dictionary<string, VariableValue> { ["word"] = new() { Value = "hi" } },
            },
            Cancelled);

        const string Plan = "/22222222-0000-0000-0000-000000000000/odd/work/actions/11111111-1111-1111-1111-111111111111";
        Assert.Equal(
            [
                $"PATCH {Plan}/44444444-4444-4444-4444-444444444444/entries",
                $"POST {Plan}/papers",
                $"POST {Plan}/papers/5",
                $"POST {Plan}/news",
            ],
            site.Requests.Skip(1).Select(request => $"{request.Method} {request.Path}"));
        Assert.Contains("\"count\":1,\"value\":[{\"id\":\"33333333-3333-3333-3333-333333333333\",\"type\":\"Job\"", site.Requests[1].Body, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"completed\",\"result\":\"succeededWithIssues\"", site.Requests[1].Body, StringComparison.Ordinal);
        Assert.Equal("""{"id":0,"path":"logs\\33333333-3333-3333-3333-333333333333"}""", site.Requests[2].Body);
        Assert.Equal(("hello\n", "application/octet-stream; api-version=5.1-preview.1"), (site.Requests[3].Body, site.Requests[3].Headers["Content-Type"]));
        Assert.Equal(
            """{"name":"JobCompleted","jobId":"33333333-3333-3333-3333-333333333333","requestId":12,"result":"succeeded","outputs":{"word":{"value":"hi","isSecret":false}}}""",
            site.Requests[4].Body);
    }

    [Fact]
    public void A_message_carries_the_runners_connection_and_only_then_is_a_job_of_the_older_protocol()
    {
        var runner = TestSetup.Jit("https://auth.example/") with { Settings = new() { ServerUrl = "https://tenant.example/x/", PoolId = 3, AgentName = "pod-7" } };

        var connection = TenantConnection.Of(TenantConnection.AddTo(TenantConnection.AddTo(Job(), runner), runner));

        Assert.Null(TenantConnection.Of(Job()));
        Assert.Equal((new Uri("https://tenant.example/x/"), 3L, "pod-7"), (connection!.Tenant, connection.Pool, connection.Runner.Settings.AgentName));
        Assert.DoesNotContain("pod-7", connection.ToString(), StringComparison.Ordinal);
    }

    private JobRequestClient Lock(FakeSite site) =>
        new(TestSetup.Http, site.Address, new FixedToken(new Secret("t")), new TenantLocations(_time), pool: 1, request: 12, _time) { OrchestrationId = "o.1" };

    private static JobMessage Job() => new()
    {
        Plan = new PlanReference
        {
            PlanId = new PlanId(Guid.Parse("11111111-1111-1111-1111-111111111111")),
            ScopeIdentifier = Guid.Parse("22222222-0000-0000-0000-000000000000"),
            PlanType = "actions",
            Version = 9,
        },
        Timeline = new TimelineReference { Id = Guid.Parse("44444444-4444-4444-4444-444444444444") },
        JobId = new JobId(Guid.Parse("33333333-3333-3333-3333-333333333333")),
    };

    private TenantSessionClient Sessions(FakeSite site, TenantLocations? locations = null) => new(
        TestSetup.Http,
        site.Address,
        new FixedToken(new Secret("t")),
        locations ?? new TenantLocations(_time),
        new RunnerDescription { Version = "2.336.0" },
        TestSetup.Jit("https://auth.example/").Settings,
        _time);

    /// <summary>A server with paths of its own; after <c>connectionData</c> it gives the answers in turn.</summary>
    private FakeSite Site(params (int Status, string Json)[] answers)
    {
        var rest = TestSetup.InTurn(answers);
        return server.Open(context => context.Request.Path.Value == "/_apis/connectionData" ? context.AnswerAsync(200, Map) : rest(context));
    }

    private const string Map = """
        {"instanceId":"00000000-0000-0000-0000-000000000001","locationServiceData":{"serviceDefinitions":[
          {"serviceType":"work","identifier":"134e239e-2df3-4794-a6f6-24f1f19ec8dc","displayName":"talks","relativePath":"/odd/{area}/{poolId}/{resource}/{sessionId}","resourceVersion":1},
          {"serviceType":"work","identifier":"c3a054f6-7a8a-49c0-944e-3a8e5d7adfd7","displayName":"letters","relativePath":"odd/{area}/{poolId}/{resource}/{messageId}","resourceVersion":1},
          {"serviceType":"work","identifier":"fc825784-c92a-4299-9221-998a02d1b54f","displayName":"locks","relativePath":"odd/{area}/{poolId}/{resource}/{requestId}","resourceVersion":1},
          {"serviceType":"work","identifier":"46f5667d-263a-4684-91b1-dff7fdcf64e2","displayName":"papers","relativePath":"{scopeIdentifier}/odd/{area}/{hubName}/{planId}/{resource}/{logId}","resourceVersion":1},
          {"serviceType":"work","identifier":"8893bc5b-35b2-4be7-83cb-99e683551db4","displayName":"entries","relativePath":"{scopeIdentifier}/odd/{area}/{hubName}/{planId}/{timelineId}/{resource}","resourceVersion":1},
          {"serviceType":"work","identifier":"557624af-b29e-4c20-8ab0-0399d2204f3f","displayName":"news","relativePath":"{scopeIdentifier}/odd/{area}/{hubName}/{planId}/{resource}","resourceVersion":1}]}}
        """;
}
