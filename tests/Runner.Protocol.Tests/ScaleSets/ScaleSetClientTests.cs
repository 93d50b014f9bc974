using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;
using Runner.Testing.Http;

namespace Runner.Protocol.Tests.ScaleSets;

public sealed class ScaleSetClientTests(FakeHttpServer server)
{
    private const int Limit = 30_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Set_is_made_as_the_service_wants_it()
    {
        // Some answers begin with a byte order mark.
        var site = server.Open(TestSetup.InTurn((200, "\uFEFF{\"id\":7,\"name\":\"a\",\"labels\":[{\"type\":\"System\",\"name\":\"x\"}]}")));

        var set = await Client(site).CreateAsync(
            new RunnerScaleSet { Name = "a", RunnerGroupId = 1, Labels = [new ScaleSetLabel("System", "x")], RunnerSetting = new ScaleSetRunnerSetting { DisableUpdate = true } }, Cancelled);

        Assert.Equal((7, "x"), (set.Id!.Value, Assert.Single(set.Labels!).Name));
        var request = site.Requests.Single();
        Assert.Equal("/_apis/runtime/runnerscalesets?api-version=6.0-preview", request.Path);
        Assert.Equal("Bearer admin-1", request.Headers["Authorization"]);
        Assert.StartsWith("""{"system":"act-runner",""", request.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.StartsWith("""{"name":"a","runnerGroupId":1,"labels":[{"type":"System","name":"x"}],"RunnerSetting":{"disableUpdate":true}""", request.Body, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Set_is_found_by_its_name_also_where_the_server_gives_all()
    {
        var site = server.Open(TestSetup.InTurn((200, """{"count":2,"value":[{"id":1,"name":"b"},{"id":2,"name":"A b"}]}"""), (200, """{"count":0,"value":[]}""")));
        var client = Client(site);

        var (found, none) = (await client.FindAsync(3, "a b", Cancelled), await client.FindAsync(3, "a b", Cancelled));

        Assert.Equal((2, null), (found!.Id!.Value, none));
        Assert.Equal("/_apis/runtime/runnerscalesets?runnerGroupId=3&name=a%20b&api-version=6.0-preview", site.Requests[0].Path);
    }

    public static TheoryData<int, string, ProtocolErrorKind> Refusals => new()
    {
        { 409, """{"typeName":"GitHub.X.AgentExistsException, X","message":"why"}""",      ProtocolErrorKind.RunnerNameTaken },
        { 404, """{"typeName":"GitHub.X.AgentNotFoundException, X","message":"why"}""",    ProtocolErrorKind.RunnerNotFound },
        { 400, """{"typeName":"GitHub.X.JobStillRunningException, X","message":"why"}""",  ProtocolErrorKind.RunnerBusy },
        { 404, """{"typeName":"Other","message":"why"}""",                                 ProtocolErrorKind.ScaleSetNotFound },
        { 409, """{"message":"why"}""",                                                    ProtocolErrorKind.SessionConflict },
        { 400, """{"message":"why"}""",                                                    ProtocolErrorKind.Refused },
        { 403, """{"message":"why"}""",                                                    ProtocolErrorKind.Forbidden },
    };

    [Theory(Timeout = Limit), MemberData(nameof(Refusals))]
    public async Task Refusals_are_told_apart_and_not_repeated(int status, string body, ProtocolErrorKind kind)
    {
        var site = server.Open(TestSetup.InTurn((status, body)));

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => Client(site).RemoveRunnerAsync(9, Cancelled));

        Assert.Equal((kind, status), (refusal.Kind, refusal.StatusCode!.Value));
        Assert.Equal($"DELETE _apis/distributedtask/pools/0/agents/9 answered {status} (request REQ:1): why", refusal.Message);
        Assert.Single(site.Requests);
    }

    [Fact(Timeout = Limit)]
    public async Task Failure_of_the_service_is_repeated()
    {
        var site = server.Open(TestSetup.InTurn((503, "busy"), (204, string.Empty)));

        Assert.True(await Client(site).DeleteAsync(7, Cancelled));
        Assert.Equal(2, site.Requests.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task Token_that_is_refused_is_renewed_once()
    {
        var site = server.Open(http => http.AnswerAsync(http.Request.Headers.Authorization == "Bearer admin-1" ? 401 : 200, """{"count":1,"value":[{"id":4,"name":"Default"}]}"""));

        Assert.Equal(4, await Client(site).FindGroupAsync(null, Cancelled));
        Assert.Equal(["Bearer admin-1", "Bearer admin-2"], site.Requests.Select(request => request.Headers["Authorization"]));
    }

    [Fact(Timeout = Limit)]
    public async Task Unknown_group_is_an_error_of_the_settings()
    {
        var site = server.Open(TestSetup.InTurn((200, """{"count":0,"value":[]}""")));

        var error = await Assert.ThrowsAsync<OperatorException>(() => Client(site).FindGroupAsync("gpu", Cancelled));

        Assert.Contains("runnerGroup 'gpu' is unknown", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Poll_tells_cursor_and_capacity_and_reads_what_comes()
    {
        var site = server.Open(http => http.AnswerAsync(200, http.Request.Path.Value!.EndsWith("/sessions", StringComparison.Ordinal) ? Session(http, "q1") : Message));
        var messages = await Client(site).OpenSessionAsync(7, "me", Cancelled);

        var news = await messages.NextAsync(17, 3, Cancelled);

        Assert.Equal((18, 2, null), (news!.Id, news.Statistics!.TotalAssignedJobs, news.Defect));
        Assert.Equal(["JobAssigned b0a1", "JobNew "], news.Jobs.Select(job => $"{job.MessageType} {job.JobId}"));
        var poll = site.Requests[^1];
        Assert.Equal(("/queue?x=1&lastMessageId=17", "3", "Bearer q1"), (poll.Path, poll.Headers["X-ScaleSetMaxCapacity"], poll.Headers["Authorization"]));
        Assert.Equal(1, messages.Statistics.TotalRunningJobs);
    }

    [Fact(Timeout = Limit)]
    public async Task Token_of_the_queue_that_ended_is_renewed_with_the_whole_session_in_any_call()
    {
        var site = server.Open(http => (http.Request.Method, http.Request.Headers.Authorization.ToString()) switch
        {
            ("POST", "Bearer admin-1") => http.AnswerAsync(200, Session(http, "old")),
            ("PATCH", _) => http.AnswerAsync(200, Session(http, "new")),
            (_, "Bearer old") => http.AnswerAsync(401, "{}"),
            ("DELETE", "Bearer new") => http.AnswerAsync(204, string.Empty),
            ("POST", "Bearer new") => http.AnswerAsync(200, """{"count":1,"value":[5]}"""),
            _ => http.AnswerAsync(202, string.Empty),
        });
        var client = Client(site);

        Assert.Null(await (await client.OpenSessionAsync(7, "me", Cancelled)).NextAsync(0, 1, Cancelled));
        await (await client.OpenSessionAsync(7, "me", Cancelled)).DeleteAsync(18, Cancelled);
        Assert.Equal([5L], await (await client.OpenSessionAsync(7, "me", Cancelled)).AcquireAsync([5, 6], Cancelled));

        Assert.Equal(3, site.Requests.Count(request => request.Method == "PATCH"));
        Assert.Contains(site.Requests, request => request is { Method: "DELETE", Path: "/queue/18?x=1" });
        Assert.Contains(site.Requests, request => request is { Path: "/_apis/runtime/runnerscalesets/7/acquirejobs?api-version=6.0-preview", Body: "[5,6]" });
    }

    [Fact(Timeout = Limit)]
    public async Task Session_that_cannot_be_renewed_is_told_as_gone()
    {
        var site = server.Open(http => http.Request.Method switch
        {
            "POST" => http.AnswerAsync(200, Session(http, "old")),
            "PATCH" => http.AnswerAsync(404, "{}"),
            _ => http.AnswerAsync(401, "{}"),
        });
        var messages = await Client(site).OpenSessionAsync(7, "me", Cancelled);

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => messages.NextAsync(0, 1, Cancelled));

        Assert.Equal(ProtocolErrorKind.ScaleSetNotFound, refusal.Kind);
    }

    [Theory]
    [InlineData("SomethingElse", "[]", "its type is 'SomethingElse', expected RunnerScaleSetJobMessages")]
    [InlineData("RunnerScaleSetJobMessages", "[{", "its body is not JSON")]
    [InlineData("RunnerScaleSetJobMessages", "{}", "its body is a JSON Object, expected an array")]
    [InlineData("RunnerScaleSetJobMessages", "[null]", "entry 0 of its body is not the JSON expected at $")]
    public void Message_that_cannot_be_read_has_a_defect_and_its_id(string type, string body, string defect)
    {
        var news = ScaleSetNews.Read(new ScaleSetMessage { MessageId = 4, MessageType = type, Body = body });

        Assert.Equal(4, news.Id);
        Assert.StartsWith(defect, news.Defect, StringComparison.Ordinal);
    }

    [Fact]
    public void Entry_that_cannot_be_read_does_not_hide_the_others()
    {
        var news = ScaleSetNews.Read(new ScaleSetMessage
        {
            MessageId = 4,
            MessageType = ScaleSetMessage.JobMessages,
            Body = """[{"messageType":"JobAssigned","jobId":"a"},{"messageType":"JobAssigned","jobId":[]},{"messageType":"JobAssigned","jobId":"c"}]""",
        });

        Assert.Equal(["a", "c"], news.Jobs.Select(job => job.JobId));
        Assert.Equal("entry 1 of its body is not the JSON expected at $.jobId", news.Defect);
    }

    private const string Message =
        """{"messageId":18,"messageType":"RunnerScaleSetJobMessages","statistics":{"totalAssignedJobs":2},"body":"[{\"messageType\":\"JobAssigned\",\"jobId\":\"b0a1\",\"queueTime\":\"0001-01-01T00:00:00Z\",\"runnerRequestId\":0},{\"messageType\":\"JobNew\",\"news\":{}}]"}""";

    private static string Session(HttpContext http, string token) =>
        $$"""
        {"sessionId":"11111111-1111-1111-1111-111111111111","ownerName":"me","messageQueueUrl":"http://{{http.Request.Host}}{{http.Request.PathBase}}/queue?x=1",
         "messageQueueAccessToken":"{{token}}","statistics":{"totalRunningJobs":1} }
        """;

    private static ScaleSetClient Client(FakeSite site) =>
        new(TestSetup.Http, new Tenant(site.Address), TestSetup.Quick, TimeProvider.System, NullLogger<ScaleSetClient>.Instance);

    private sealed class Tenant(Uri address) : IActionsTenant
    {
        private int _token = 1;

        public ValueTask<Uri> AddressAsync(CancellationToken cancellationToken) => ValueTask.FromResult(address);

        public ValueTask<Secret> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new Secret($"admin-{_token}"));

        public bool TryDrop(Secret token)
        {
            _token++;
            return true;
        }
    }
}
