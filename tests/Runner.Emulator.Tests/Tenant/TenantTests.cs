using System.Net;
using System.Text.Json.Nodes;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Emulator.Tests.Clients;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Tests.Tenant;

/// <summary>The older protocol (V1), as strict as a server of GitHub's.</summary>
public sealed class TenantTests
{
    private const int Limit = 30_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Job_comes_whole_and_encrypted_until_its_message_is_deleted(bool fips)
    {
        await using var emulator = await StartAsync();
        var queued = emulator.Server.QueueJob(new RawJob());
        var agent = await OnlineAgentAsync(emulator, fips);

        var first = await agent.PollAsync(Token);
        var again = await agent.PollAsync(Token);
        var offered = emulator.Server.FindJob(queued.Id)!.Status;
        await agent.DeleteMessageAsync(again!.Value.Id, Token);

        Assert.Equal("PipelineAgentJobRequest", first!.Value.Type);
        Assert.Equal(first.Value.Body["jobId"]!.GetValue<string>(), again.Value.Body["jobId"]!.GetValue<string>());
        Assert.Equal(queued.Id.ToString(), first.Value.Body["jobId"]!.GetValue<string>());
        Assert.Equal((JobStatus.Queued, JobStatus.InProgress), (offered, emulator.Server.FindJob(queued.Id)!.Status));
        Assert.Null(first.Value.Body["variables"]!["system.github.results_endpoint"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_ends_by_its_event_and_only_by_its_own()
    {
        await using var emulator = await StartAsync();
        var queued = emulator.Server.QueueJob(new RawJob());
        var (agent, job) = await TakeAsync(emulator);
        var request = job["requestId"]!.GetValue<long>();

        using var other = await agent.PlanAsync(HttpMethod.Post, OfficialAgent.PlanEvents, job, End(queued.Id.Value, request + 1, "succeeded"), Token);
        using var unknown = await agent.PlanAsync(HttpMethod.Post, OfficialAgent.PlanEvents, job, End(queued.Id.Value, request, "wonderful"), Token);
        using var own = await agent.PlanAsync(HttpMethod.Post, OfficialAgent.PlanEvents, job, End(queued.Id.Value, request, "failed"), Token);
        using var late = await agent.PlanAsync(HttpMethod.Post, OfficialAgent.PlanEvents, job, End(queued.Id.Value, request, "succeeded"), Token);

        Assert.Equal(
            [HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.NoContent, HttpStatusCode.NotFound],
            [other.StatusCode, unknown.StatusCode, own.StatusCode, late.StatusCode]);
        Assert.Equal(Conclusion.Failed, emulator.Server.FindJob(queued.Id)!.Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Lock_is_the_runners_and_not_the_jobs()
    {
        await using var emulator = await StartAsync();
        emulator.Server.QueueJob(new RawJob());
        var (agent, job) = await TakeAsync(emulator);
        var request = job["requestId"]!.GetValue<long>();

        using var own = await agent.RenewAsync(request, Token);
        using var byJob = await agent.RenewAsync(request, Token, OfficialAgent.JobToken(job));
        using var other = await agent.RenewAsync(request + 1, Token);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.NotFound], [own.StatusCode, byJob.StatusCode, other.StatusCode]);
        Assert.Contains("lockedUntil", await own.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Contains("TaskAgentJobNotFoundException", await other.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Request_ends_only_by_a_result_that_is_known()
    {
        await using var emulator = await StartAsync(planVersion: 7);
        var queued = emulator.Server.QueueJob(new RawJob());
        var (agent, job) = await TakeAsync(emulator);
        var request = job["requestId"]!.GetValue<long>();

        using var unknown = await agent.RenewAsync(request, Token, body: $$"""{"requestId":{{request}},"result":"wonderful"}""");
        var before = emulator.Server.FindJob(queued.Id)!.Status;
        using var known = await agent.RenewAsync(request, Token, body: $$"""{"requestId":{{request}},"result":"failed"}""");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (unknown.StatusCode, known.StatusCode));
        Assert.Equal((JobStatus.InProgress, Conclusion.Failed), (before, emulator.Server.FindJob(queued.Id)!.Conclusion));
    }

    [Fact(Timeout = Limit)]
    public async Task Message_that_the_agent_names_as_its_last_is_not_sent_again()
    {
        await using var emulator = await StartAsync();
        var queued = emulator.Server.QueueJob(new RawJob());
        var agent = await OnlineAgentAsync(emulator);
        var offer = await agent.PollAsync(Token);
        using var renewed = await agent.RenewAsync(offer!.Value.Body["requestId"]!.GetValue<long>(), Token);

        emulator.Server.CancelJob(queued.Id);
        var message = await agent.PollAsync(Token, offer.Value.Id);

        Assert.Equal("JobCancellation", message!.Value.Type);
    }

    [Fact(Timeout = Limit)]
    public async Task Record_names_only_logs_that_are_there()
    {
        await using var emulator = await StartAsync();
        var queued = emulator.Server.QueueJob(new RawJob());
        var (agent, job) = await TakeAsync(emulator);

        using var answer = await agent.PlanAsync(
            HttpMethod.Patch, OfficialAgent.TimelineRecords, job, $$$"""{"count":1,"value":[{"id":"{{{queued.Id}}}","log":{"id":77}}]}""", Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Call_without_a_version_and_GitHubs_own_paths_are_refused()
    {
        await using var emulator = await StartAsync();
        var agent = await OnlineAgentAsync(emulator);
        var messages = new Uri($"{agent.Find(OfficialAgent.Messages, [])}?sessionId={agent.SessionId}");

        using var unversioned = await OfficialAgent.CallAsync(emulator.Http, HttpMethod.Get, messages, agent.Token, null, version: null, Token);
        using var assumed = await OfficialAgent.CallAsync(
            emulator.Http, HttpMethod.Get, new Uri(emulator.Server.Url, "broker/_apis/distributedtask/pools/1/messages"), agent.Token, null, "6.0", Token);

        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.NotFound], [unversioned.StatusCode, assumed.StatusCode]);
    }

    [Theory(Timeout = Limit)]
    [InlineData("broker/session")]
    [InlineData("run-service/11111111-1111-1111-1111-111111111111/acquirejob")]
    [InlineData("twirp/github.actions.results.api.v1.WorkflowStepUpdateService/WorkflowStepsUpdate")]
    public async Task Services_of_the_newer_protocol_are_not_there(string path)
    {
        await using var emulator = await StartAsync();
        var agent = await OnlineAgentAsync(emulator);

        using var answer = await emulator.PostAsync(path, "{}", agent.Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_comes_as_a_message()
    {
        await using var emulator = await StartAsync();
        var queued = emulator.Server.QueueJob(new RawJob());
        var (agent, _) = await TakeAsync(emulator);

        emulator.Server.CancelJob(queued.Id);
        var message = await agent.PollAsync(Token);

        Assert.Equal(("JobCancellation", queued.Id.ToString()), (message!.Value.Type, message.Value.Body["jobId"]!.GetValue<string>()));
    }

    private static Task<TestEmulator> StartAsync(int planVersion = 9) =>
        TestEmulator.StartAsync(new EmulatorOptions { Protocol = EmulatorProtocol.V1, ShareRunnerKey = true, PlanVersion = planVersion });

    private static async Task<OfficialAgent> OnlineAgentAsync(TestEmulator emulator, bool fips = true)
    {
        var agent = OfficialAgent.FromJit(emulator.Http, emulator.Server.NewJitConfig("agent", ["self-hosted"]), emulator.Time);
        await agent.SignInAsync(Token);
        await agent.OpenSessionAsync(fips, Token);
        return agent;
    }

    private static async Task<(OfficialAgent Agent, JsonObject Job)> TakeAsync(TestEmulator emulator)
    {
        var agent = await OnlineAgentAsync(emulator);
        var message = await agent.PollAsync(Token) ?? throw new InvalidOperationException("no job came");
        await agent.DeleteMessageAsync(message.Id, Token);
        return (agent, message.Body);
    }

    private static string End(Guid job, long request, string result) =>
        $$"""{"name":"JobCompleted","jobId":"{{job}}","requestId":{{request}},"result":"{{result}}"}""";
}
