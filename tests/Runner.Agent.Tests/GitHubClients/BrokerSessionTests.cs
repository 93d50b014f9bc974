using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.GitHubClients;
using Runner.Agent.Monitoring;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;
using Runner.Protocol.Registration;
using Runner.Protocol.Tenant;
using Runner.Testing.Http;

namespace Runner.Agent.Tests.GitHubClients;

/// <summary>Sessions over the protocol's real clients and a real HTTP server that answers as a test says.</summary>
public sealed class BrokerSessionTests(FakeHttpServer server)
{
    private const int Limit = 30_000;
    private static readonly Guid Plan = Guid.Parse("11111111-2222-4333-8444-555555555555");
    private static readonly Guid Job = Guid.Parse("99999999-2222-4333-8444-555555555555");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Job_is_acquired_and_completed_by_its_own_connection()
    {
        var site = Open((_, own) => Message(own, "job-token"));
        using var session = await OpenAsync(site);

        var job = await session.AcquireAsync(Offer(site), Token);
        await job.Service.CompleteAsync(JobVerdict.Failed("test", "it broke", isInfrastructure: true), Token);

        Assert.Equal(Job, job.Message.JobId.Value);
        var complete = Assert.Single(site.Requests, request => request.Path == "/own/completejob");
        Assert.Equal("Bearer job-token", complete.Headers["Authorization"]);
        var body = JsonNode.Parse(complete.Body)!; // a JSON object
        Assert.Equal("failed", (string?)body["conclusion"]);
        Assert.Equal("it broke", (string?)body["annotations"]![0]!["message"]);
        Assert.Equal("Set up job", (string?)body["stepResults"]![0]!["name"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_without_a_connection_can_be_failed_by_the_runners_own_token()
    {
        var site = Open((_, _) => new JsonObject { ["jobId"] = Job.ToString(), ["plan"] = new JsonObject { ["planId"] = Plan.ToString() } });
        using var session = await OpenAsync(site);

        var error = await Assert.ThrowsAsync<UnreadableJobException>(() => session.AcquireAsync(Offer(site), Token));
        await error.Service!.CompleteAsync(JobVerdict.Failed("test", "it broke", isInfrastructure: true), Token); // the ids are there

        Assert.Contains("SystemVssConnection", error.Message, StringComparison.Ordinal);
        Assert.Equal("Bearer runner-token", Assert.Single(site.Requests, request => request.Path == "/run/completejob").Headers["Authorization"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_is_half_readable_can_be_failed_by_its_own_connection()
    {
        var site = Open((_, own) =>
        {
            var message = Message(own, "job-token");
            message["steps"] = 5;
            return message;
        });
        using var session = await OpenAsync(site);

        var error = await Assert.ThrowsAsync<UnreadableJobException>(() => session.AcquireAsync(Offer(site), Token));
        await error.Service!.CompleteAsync(JobVerdict.Failed("test", "it broke", isInfrastructure: true), Token); // ids and connection are there

        Assert.Contains("$.steps", error.Message, StringComparison.Ordinal);
        Assert.Equal("Bearer job-token", Assert.Single(site.Requests, request => request.Path == "/own/completejob").Headers["Authorization"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Server_without_a_broker_is_told_to_the_operator()
    {
        var site = Open((_, _) => []);

        var error = await Assert.ThrowsAsync<OperatorException>(() => OpenAsync(site, useV2Flow: false));

        Assert.Contains("useV2Flow", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Poll_follows_the_broker_when_it_moves()
    {
        var site = Open((_, _) => []);
        using var session = await OpenAsync(site);

        await session.NextAsync(RunnerStatus.Online, Token); // the first poll is told to go elsewhere
        await session.NextAsync(RunnerStatus.Busy, Token);

        Assert.Contains(site.Requests, request => request.Path.StartsWith("/moved/message?", StringComparison.Ordinal) && request.Path.Contains("status=Busy", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Version_that_GitHub_refuses_is_told_with_its_setting()
    {
        var site = Answer("/session", 400, new JsonObject { ["source"] = "actions-broker-listener", ["errorKind"] = "RunnerVersionTooOld", ["errorMessage"] = "2.336.0 is deprecated" });

        var error = await Assert.ThrowsAsync<ProtocolException>(() => OpenAsync(site));

        Assert.Equal(ProtocolErrorKind.VersionTooOld, error.Kind);
        Assert.Contains("upgrade this runner, or set github.runnerVersion to a newer one", error.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("HostedRunnerDance", "{}", "unknown")]
    [InlineData("RunnerJobRequest", "no json", "unreadable")]
    public async Task Message_that_nobody_knows_is_counted(string type, string body, string kind)
    {
        var metrics = new AgentMetrics();
        var site = Answer("/message", 200, new JsonObject { ["messageId"] = 7, ["messageType"] = type, ["body"] = body });
        using var session = await OpenAsync(site, metrics: metrics);

        await session.NextAsync(RunnerStatus.Online, Token);

        using var text = new MemoryStream();
        await metrics.Registry.CollectAndExportAsTextAsync(text, Token);
        Assert.Contains($"runner_messages_ignored_total{{kind=\"{kind}\"}} 1\n", System.Text.Encoding.UTF8.GetString(text.ToArray()), StringComparison.Ordinal);
    }

    private FakeSite Answer(string path, int status, JsonObject answer) =>
        server.Open(async http =>
        {
            http.Response.ContentType = "application/json";
            http.Response.StatusCode = http.Request.Path == path ? status : 200;
            await http.Response.WriteAsync(
                (http.Request.Path == path ? answer
                    : http.Request.Path == "/token" ? new JsonObject { ["access_token"] = "runner-token", ["token_type"] = "Bearer", ["expires_in"] = 3000 }
                    : new JsonObject { ["sessionId"] = Guid.NewGuid().ToString() }).ToJsonString(),
                Token);
        });

    private FakeSite Open(Func<HttpContext, Uri, JsonObject> acquired)
    {
        FakeSite? site = null;
        site = server.Open(async http =>
        {
            var root = site!.Address; // set before the first request
            JsonNode answer = http.Request.Path.Value switch
            {
                "/token" => new JsonObject { ["access_token"] = "runner-token", ["token_type"] = "Bearer", ["expires_in"] = 3000 },
                "/session" => new JsonObject { ["sessionId"] = Guid.NewGuid().ToString() },
                "/message" => new JsonObject
                {
                    ["messageType"] = "BrokerMigration",
                    ["body"] = new JsonObject { ["brokerBaseUrl"] = new Uri(root, "moved/").AbsoluteUri }.ToJsonString(),
                },
                "/run/acquirejob" => acquired(http, new Uri(root, "own/")),
                _ => new JsonObject(),
            };
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(http.Request.Path.Value == "/moved/message" ? string.Empty : answer.ToJsonString(), Token);
        });
        return site;
    }

    private static JsonObject Message(Uri connection, string token) => new()
    {
        ["jobId"] = Job.ToString(),
        ["plan"] = new JsonObject { ["planId"] = Plan.ToString() },
        ["resources"] = new JsonObject
        {
            ["endpoints"] = new JsonArray(new JsonObject
            {
                ["name"] = "SystemVssConnection",
                ["url"] = connection.AbsoluteUri,
                ["authorization"] = new JsonObject { ["scheme"] = "OAuth", ["parameters"] = new JsonObject { ["AccessToken"] = token } },
            }),
        },
    };

    private static RunnerJobRequest Offer(FakeSite site) => new() { RunnerRequestId = "1", RunServiceUrl = new Uri(site.Address, "run/").AbsoluteUri };

    private static async Task<IRunnerSession> OpenAsync(FakeSite site, bool useV2Flow = true, AgentMetrics? metrics = null)
    {
        using var key = RSA.Create(2048);
        var config = new JitConfig
        {
            Settings = new RunnerSettings { AgentId = 1, AgentName = "runner-1", ServerUrlV2 = site.Address.AbsoluteUri, UseV2Flow = useV2Flow, Ephemeral = true },
            Credentials = new RunnerCredentials { Data = new CredentialData { ClientId = Guid.NewGuid().ToString(), AuthorizationUrl = new Uri(site.Address, "token").AbsoluteUri } },
            Key = RsaKey.From(key),
        };
        var http = new ServiceCollection().AddHttpClient().BuildServiceProvider().GetRequiredService<IHttpClientFactory>();
        var locations = new TenantLocations(TimeProvider.System);
        var services = new JobClients(http, locations, TimeProvider.System, NullLoggerFactory.Instance);
        return await new BrokerSessions(http, services, locations, new AgentOptions(), metrics ?? new AgentMetrics(), TimeProvider.System, NullLoggerFactory.Instance).OpenAsync(
            new RunnerRegistration { RunnerId = 1, Name = "runner-1", EncodedJitConfig = new Secret(config.Encode()) }, Token);
    }
}
