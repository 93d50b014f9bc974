using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.GitHubClients;
using Runner.Agent.Monitoring;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Broker;
using Runner.Protocol.Registration;
using Runner.Protocol.Tenant;
using Runner.Testing.Http;

namespace Runner.Agent.Tests.GitHubClients;

/// <summary>A session with a pool (V1) over the protocol's real clients and a real HTTP server that gives a test's messages.</summary>
public sealed class TenantRunnerSessionTests(FakeHttpServer server)
{
    private const int Limit = 30_000;
    private const string Job = "99999999-2222-4333-8444-555555555555";

    private readonly FakeTimeProvider _time = new();
    private readonly AgentMetrics _metrics = new();
    private readonly ConcurrentQueue<JsonObject> _messages = new();
    private int _renewals = 200;
    private int _deletions = 204;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Message_that_was_handled_is_deleted_before_the_next_poll_and_at_the_close()
    {
        Offer(7);
        Send(8, RunnerMessageTypes.JobCancellation, $$"""{"jobId":"{{Job}}"}""");
        var (site, session) = await OpenAsync();
        using var _ = session;

        await session.NextAsync(RunnerStatus.Online, Token);
        await session.NextAsync(RunnerStatus.Busy, Token);
        await session.CloseAsync(Token);

        Assert.Equal(["GET letters", "DELETE letters/7", "GET letters after 7", "DELETE letters/8", "DELETE talks"], Calls(site));
    }

    [Fact(Timeout = Limit)]
    public async Task Job_whose_lock_could_not_be_prolonged_is_not_deleted_so_that_it_comes_again()
    {
        Offer(7);
        Offer(7);
        var (site, session) = await OpenAsync();
        using var _ = session;
        var offer = Assert.IsType<JobOffered>(await session.NextAsync(RunnerStatus.Online, Token));

        _renewals = 503;
        await Assert.ThrowsAsync<InfrastructureException>(() => AdvancedAsync(session.AcquireAsync(offer.Request, Token)));
        _renewals = 200;
        var again = Assert.IsType<JobOffered>(await session.NextAsync(RunnerStatus.Online, Token));
        var job = await session.AcquireAsync(again.Request, Token);

        Assert.Equal(Job, job.Message.JobId.ToString());
        Assert.Equal(["GET letters", "GET letters"], Calls(site));
    }

    [Theory(Timeout = Limit)]
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(400)]
    public async Task Message_that_cannot_be_deleted_stops_neither_the_polls_nor_the_end_of_the_session(int status)
    {
        Offer(7);
        Send(8, RunnerMessageTypes.JobCancellation, $$"""{"jobId":"{{Job}}"}""");
        var (site, session) = await OpenAsync();
        using var _ = session;
        _deletions = status;

        await session.NextAsync(RunnerStatus.Online, Token);
        var next = await session.NextAsync(RunnerStatus.Busy, Token);
        await session.CloseAsync(Token);

        Assert.IsType<JobCanceled>(next);
        Assert.Equal(["GET letters", "DELETE letters/7", "GET letters after 7", "DELETE letters/8", "DELETE talks"], Calls(site));
    }

    [Fact(Timeout = Limit)]
    public async Task Second_job_of_a_busy_runner_is_passed_over_and_left_to_the_server()
    {
        Offer(7);
        Offer(8);
        var (site, session) = await OpenAsync();
        using var _ = session;

        await session.NextAsync(RunnerStatus.Online, Token);
        await session.NextAsync(RunnerStatus.Busy, Token);
        await session.NextAsync(RunnerStatus.Busy, Token);
        await session.CloseAsync(Token);

        Assert.Equal(["GET letters", "DELETE letters/7", "GET letters after 7", "GET letters after 8", "DELETE talks"], Calls(site));
    }

    [Fact(Timeout = Limit)]
    public async Task Poll_that_is_sent_to_a_broker_is_made_there_and_settles_nothing_here()
    {
        Send(7, RunnerMessageTypes.BrokerMigration, body: null);
        var (site, session) = await OpenAsync();
        using var _ = session;

        var message = await session.NextAsync(RunnerStatus.Online, Token);
        await session.NextAsync(RunnerStatus.Online, Token);

        Assert.IsType<UnknownMessage>(message);
        Assert.Equal(["GET letters", "GET moved", "GET letters"], Calls(site));
        using var text = new MemoryStream();
        await _metrics.Registry.CollectAndExportAsTextAsync(text, Token);
        Assert.Contains("runner_messages_ignored_total{kind=\"unknown\"} 1\n", System.Text.Encoding.UTF8.GetString(text.ToArray()), StringComparison.Ordinal);
    }

    private void Send(long id, string type, string? body) => _messages.Enqueue(new JsonObject { ["messageId"] = id, ["messageType"] = type, ["body"] = body });

    private void Offer(long id) => Send(
        id,
        RunnerMessageTypes.PipelineAgentJobRequest,
        $$$$"""
        {"jobId":"{{{{Job}}}}","requestId":12,"plan":{"planId":"11111111-2222-4333-8444-555555555555"},"resources":{"endpoints":[
          {"name":"SystemVssConnection","url":"https://tenant.example/","authorization":{"scheme":"OAuth","parameters":{"AccessToken":"t"}}}]}}
        """);

    // Pauses between tries are the clock's.
    private async Task<T> AdvancedAsync<T>(Task<T> call)
    {
        while (!call.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Token); // the call's turn
        }

        return await call;
    }

    private static IEnumerable<string> Calls(FakeSite site) =>
        from request in site.Requests
        let parts = request.Path.TrimStart('/').Split('?', 2)
        where parts[0].StartsWith("letters", StringComparison.Ordinal) || parts[0].StartsWith("moved", StringComparison.Ordinal) || request.Method == "DELETE"
        let last = parts[1..].SelectMany(query => query.Split('&')).FirstOrDefault(part => part.StartsWith("lastMessageId=", StringComparison.Ordinal))
        select $"{request.Method} {(parts[0].StartsWith("letters", StringComparison.Ordinal) ? parts[0] : parts[0].Split('/')[0])}{last?.Replace("lastMessageId=", " after ", StringComparison.Ordinal)}";

    private async Task<(FakeSite Site, IRunnerSession Session)> OpenAsync()
    {
        FakeSite? site = null;
        site = server.Open(http => AnswerAsync(http, site!.Address)); // set before the first request
        using var key = RSA.Create(2048);
        var config = new JitConfig
        {
            Settings = new RunnerSettings { AgentId = 1, AgentName = "runner-1", PoolId = 1, ServerUrl = site.Address.AbsoluteUri, Ephemeral = true },
            Credentials = new RunnerCredentials { Data = new CredentialData { ClientId = Guid.NewGuid().ToString(), AuthorizationUrl = new Uri(site.Address, "token").AbsoluteUri } },
            Key = RsaKey.From(key),
        };
        var http = new ServiceCollection().AddHttpClient().BuildServiceProvider().GetRequiredService<IHttpClientFactory>();
        var locations = new TenantLocations(_time);
        var clients = new JobClients(http, locations, _time, NullLoggerFactory.Instance);
        var sessions = new BrokerSessions(http, clients, locations, new AgentOptions(), _metrics, _time, NullLoggerFactory.Instance);
        var registration = new RunnerRegistration { RunnerId = 1, Name = "runner-1", EncodedJitConfig = new Secret(config.Encode()) };
        return (site, await sessions.OpenAsync(registration, Token));
    }

    private Task AnswerAsync(HttpContext http, Uri root)
    {
        var path = http.Request.Path.Value ?? string.Empty;
        var isDeletion = http.Request.Method == "DELETE";
        http.Response.ContentType = "application/json";
        http.Response.StatusCode = path.StartsWith("/letters/", StringComparison.Ordinal) ? _deletions
            : path.StartsWith("/locks/", StringComparison.Ordinal) ? _renewals
            : 200;
        JsonObject? answer = path switch
        {
            _ when isDeletion || http.Response.StatusCode != 200 => null,
            "/token" => new JsonObject { ["access_token"] = "runner-token", ["token_type"] = "Bearer", ["expires_in"] = 3000 },
            "/_apis/connectionData" => JsonNode.Parse(Map)!.AsObject(),
            "/talks" => new JsonObject { ["sessionId"] = Guid.NewGuid().ToString() },
            "/letters" => Next(root),
            "/moved/message" => new JsonObject { ["messageId"] = 70, ["messageType"] = "Dance", ["body"] = "{}" },
            _ => [],
        };
        return answer is null ? Task.CompletedTask : http.Response.WriteAsync(answer.ToJsonString(), Token);
    }

    private JsonObject? Next(Uri root)
    {
        if (_messages.TryDequeue(out var message) && message["body"] is null)
        {
            message["body"] = new JsonObject { ["brokerBaseUrl"] = new Uri(root, "moved/").AbsoluteUri }.ToJsonString();
        }

        return message;
    }

    private const string Map = """
        {"locationServiceData":{"serviceDefinitions":[
          {"serviceType":"work","identifier":"134e239e-2df3-4794-a6f6-24f1f19ec8dc","displayName":"talks","relativePath":"/{resource}/{sessionId}","resourceVersion":1},
          {"serviceType":"work","identifier":"c3a054f6-7a8a-49c0-944e-3a8e5d7adfd7","displayName":"letters","relativePath":"/{resource}/{messageId}","resourceVersion":1},
          {"serviceType":"work","identifier":"fc825784-c92a-4299-9221-998a02d1b54f","displayName":"locks","relativePath":"/{resource}/{requestId}","resourceVersion":1}]}}
        """;
}
