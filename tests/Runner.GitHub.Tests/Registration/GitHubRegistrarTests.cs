using System.Text.Json;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;
using WireMock;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Types;
using WireMock.Util;

namespace Runner.GitHub.Tests.Registration;

public sealed class GitHubRegistrarTests : IDisposable
{
    private readonly GitHubServer _server = new();

    private static RegistrationRequest Pool(string? group = null) => new() { NamePrefix = "linux-a-", Labels = ["self-hosted", "linux"], Group = group };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Runner_is_registered_with_its_labels_and_group()
    {
        _server.Answers("GET", "orgs/acme/actions/runner-groups", 200, Groups);
        _server.Answers("POST", "orgs/acme/actions/runners/generate-jitconfig", 201, Registered(12));

        var registration = await _server.Registrar().RegisterAsync(Pool("gpu"), Token);

        Assert.Equal(12, registration.RunnerId);
        Assert.Equal("e30=", registration.EncodedJitConfig.Reveal());
        var request = _server.Http.LogEntries[^1].RequestMessage!;
        var body = JsonDocument.Parse(request.Body!).RootElement;
        Assert.Equal(7, body.GetProperty("runner_group_id").GetInt64());
        Assert.Equal(["self-hosted", "linux"], body.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!));
        Assert.StartsWith("linux-a-", body.GetProperty("name").GetString(), StringComparison.Ordinal);
        Assert.Equal("Bearer ghp_secret", request.Headers!["Authorization"].Single());
    }

    [Fact]
    public async Task Name_that_is_taken_is_replaced_by_another()
    {
        _server.Answers("GET", "orgs/acme/actions/runner-groups", 404);
        var route = Request.Create().WithPath("/api/v3/orgs/acme/actions/runners/generate-jitconfig").UsingPost();
        var calls = 0;
        _server.Http.Given(route).RespondWith(Response.Create().WithCallback(_ => Interlocked.Increment(ref calls) == 1 ? Answer(409, "{}") : Answer(201, """{"runner":{"id":3},"encoded_jit_config":"e30="}""")));

        var registration = await _server.Registrar().RegisterAsync(Pool(), Token);

        Assert.Equal(3, registration.RunnerId);
        var names = _server.Http.LogEntries
            .Where(entry => entry.RequestMessage!.Method == "POST")
            .Select(entry => JsonDocument.Parse(entry.RequestMessage!.Body!).RootElement.GetProperty("name").GetString());
        Assert.Equal(2, names.Distinct().Count());

        static ResponseMessage Answer(int status, string body) =>
            new()
            {
                StatusCode = status,
                Headers = new Dictionary<string, WireMockList<string>> { ["Content-Type"] = "application/json" },
                BodyData = new BodyData { DetectedBodyType = BodyType.String, BodyAsString = body },
            };
    }

    [Fact]
    public async Task Unknown_group_is_told_with_the_known_ones()
    {
        _server.Answers("GET", "orgs/acme/actions/runner-groups", 200, Groups);

        var error = await Assert.ThrowsAsync<OperatorException>(() => _server.Registrar().RegisterAsync(Pool("gpus"), Token));

        Assert.Equal($"runnerGroup 'gpus' is unknown at {_server.Http.Url}/acme, there is Default, gpu; did you mean 'gpu'?", error.Message);
    }

    [Theory]
    [InlineData(401, "refused the credentials of github.auth (HTTP 401, request AB:1)")]
    [InlineData(403, "need the repository permission 'Administration: write'")]
    [InlineData(404, "check github.url")]
    public async Task Refusal_is_the_operators_matter_and_names_the_fix(int status, string expected)
    {
        _server.Answers("POST", "repos/acme/site/actions/runners/generate-jitconfig", status, new { message = "no" });

        var error = await Assert.ThrowsAsync<OperatorException>(() => _server.Registrar("acme/site").RegisterAsync(Pool(), Token));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ghp_secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Server_that_fails_is_infrastructure(int status)
    {
        _server.Answers("POST", "repos/acme/site/actions/runners/generate-jitconfig", status, new { message = "no" });

        var error = await Assert.ThrowsAsync<InfrastructureException>(() => _server.Registrar("acme/site").RegisterAsync(Pool(), Token));

        Assert.Equal(status, error.StatusCode);
    }

    [Fact]
    public async Task Secondary_rate_limit_says_how_long_to_wait()
    {
        _server.Answers(
            "POST", "repos/acme/site/actions/runners/generate-jitconfig", 403, new { message = "You have triggered an abuse detection mechanism" }, "Retry-After: 17");

        var error = await Assert.ThrowsAsync<InfrastructureException>(() => _server.Registrar("acme/site").RegisterAsync(Pool(), Token));

        Assert.Equal(TimeSpan.FromSeconds(17), error.RetryAfter);
    }

    [Fact]
    public async Task Answer_without_a_configuration_is_infrastructure()
    {
        _server.Answers("POST", "repos/acme/site/actions/runners/generate-jitconfig", 201, new { runner = new { id = 1 } });

        await Assert.ThrowsAsync<InfrastructureException>(() => _server.Registrar("acme/site").RegisterAsync(Pool(), Token));
    }

    [Fact]
    public async Task Server_that_is_not_there_is_infrastructure()
    {
        var registrar = _server.Registrar("acme/site");
        _server.Http.Stop();

        await Assert.ThrowsAsync<InfrastructureException>(() => registrar.RegisterAsync(Pool(), Token));
    }

    [Fact]
    public async Task List_holds_the_runners_with_the_prefix()
    {
        _server.Answers("GET", "orgs/acme/actions/runners", 200, new
        {
            total_count = 2,
            runners = new[]
            {
                new { id = 1, name = "linux-a-1", os = "linux", status = "online", busy = true, labels = new object[] { new { id = 7, name = "gpu", type = "custom" } } },
                new { id = 2, name = "other", os = "linux", status = "offline", busy = false, labels = Array.Empty<object>() },
            },
        });

        var runners = await _server.Registrar().ListAsync("linux-a-", Token);

        var runner = Assert.Single(runners);
        Assert.Equal((1, "linux-a-1", true, true), (runner.Id, runner.Name, runner.IsOnline, runner.IsBusy));
        Assert.Equal(["gpu"], runner.Labels);
    }

    [Theory]
    [InlineData("linux-a-1", 1)]
    [InlineData("linux-a", null)] // a server that does not know the filter by name
    public async Task Runner_is_found_by_its_whole_name(string name, int? id)
    {
        _server.Answers("GET", "orgs/acme/actions/runners", 200, new
        {
            total_count = 1,
            runners = new[] { new { id = 1, name = "linux-a-1", os = "linux", status = "offline", busy = false, labels = Array.Empty<object>() } },
        });

        Assert.Equal(id, (await _server.Registrar().FindAsync(name, Token))?.Id);
    }

    [Theory]
    [InlineData(204, RemovalResult.Removed)]
    [InlineData(404, RemovalResult.Gone)]
    [InlineData(422, RemovalResult.Busy)]
    public async Task Runner_is_removed_unless_it_has_a_job(int status, RemovalResult removed)
    {
        _server.Answers("DELETE", "orgs/acme/actions/runners/5", status, status == 204 ? null : new { message = "no" });

        Assert.Equal(removed, await _server.Registrar().RemoveAsync(5, Token));
    }

    private static object Groups { get; } = new
    {
        total_count = 2,
        runner_groups = new[] { new { id = 1, name = "Default", @default = true }, new { id = 7, name = "gpu", @default = false } },
    };

    private static object Registered(int id) => new { runner = new { id, name = $"linux-a-{id}" }, encoded_jit_config = "e30=" };
}
