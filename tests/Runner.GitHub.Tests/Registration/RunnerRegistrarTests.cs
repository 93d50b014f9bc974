using Runner.GitHub.Registration;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;

namespace Runner.GitHub.Tests.Registration;

public sealed class RunnerRegistrarTests : IDisposable
{
    private static readonly RegistrationRequest Request = new() { NamePrefix = "linux-a-", Labels = ["self-hosted"] };

    private readonly GitHubServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    public async Task Server_without_JIT_configurations_gets_agents_of_a_pool_and_is_not_asked_again(int status)
    {
        _server.Answers("GET", "orgs/acme/actions/runner-groups", 404);
        _server.Answers("POST", "orgs/acme/actions/runners/generate-jitconfig", status);
        var pool = new ScriptedPool();
        var registrar = Registrar(pool);

        await registrar.RegisterAsync(Request, Token);
        await registrar.RegisterAsync(Request, Token);
        await registrar.RemoveAsync(7, Token);

        Assert.Equal(["register", "register", "remove 7"], pool.Calls);
        Assert.Single(_server.Http.LogEntries, entry => entry.RequestMessage!.Path.EndsWith("generate-jitconfig", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_that_lists_no_runners_is_asked_by_its_pool()
    {
        _server.Answers("GET", "orgs/acme/actions/runners", 404);
        var pool = new ScriptedPool();
        var registrar = Registrar(pool);

        await registrar.ListAsync("linux-", Token);
        await registrar.RegisterAsync(Request, Token);

        Assert.Equal(["list linux-", "register"], pool.Calls);
    }

    [Fact]
    public async Task Where_neither_way_works_the_first_ones_refusal_is_told()
    {
        _server.Answers("GET", "orgs/acme/actions/runner-groups", 404);
        _server.Answers("POST", "orgs/acme/actions/runners/generate-jitconfig", 404);
        var registrar = Registrar(new ScriptedPool { Error = new InfrastructureException("no such service") { StatusCode = 404 } });

        var error = await Assert.ThrowsAsync<OperatorException>(() => registrar.RegisterAsync(Request, Token));

        Assert.Contains("check github.url", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no such service", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_pool_refuses_both_refusals_are_told()
    {
        _server.Answers("GET", "orgs/acme/actions/runner-groups", 404);
        _server.Answers("POST", "orgs/acme/actions/runners/generate-jitconfig", 404);
        var registrar = Registrar(new ScriptedPool { Error = new OperatorException("runnerGroup 'gpu' is unknown") });

        var error = await Assert.ThrowsAsync<OperatorException>(() => registrar.RegisterAsync(Request, Token));

        Assert.Contains("check github.url", error.Message, StringComparison.Ordinal);
        Assert.Contains("runnerGroup 'gpu' is unknown", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_of_the_pool_that_passes_is_told_as_it_is()
    {
        _server.Answers("GET", "orgs/acme/actions/runner-groups", 404);
        _server.Answers("POST", "orgs/acme/actions/runners/generate-jitconfig", 404);
        var failure = new InfrastructureException("bad gateway") { StatusCode = 502 };

        Assert.Same(failure, await Assert.ThrowsAsync<InfrastructureException>(() => Registrar(new ScriptedPool { Error = failure }).RegisterAsync(Request, Token)));
    }

    [Fact]
    public async Task Group_at_a_server_that_lists_none_is_looked_for_among_its_pools()
    {
        _server.Answers("GET", "orgs/acme/actions/runner-groups", 404);
        var pool = new ScriptedPool();

        await Registrar(pool).RegisterAsync(Request with { Group = "gpu" }, Token);

        Assert.Equal(["register"], pool.Calls);
    }

    [Fact]
    public async Task GitHubs_own_services_are_not_tried_the_second_way()
    {
        _server.Answers("GET", "orgs/acme/actions/runner-groups", 404);
        _server.Answers("POST", "orgs/acme/actions/runners/generate-jitconfig", 404);
        var pool = new ScriptedPool();
        var registrar = new RunnerRegistrar(GitHubEndpoint.Parse("https://github.com/acme", allowInsecureHttp: false), _server.Registrar(), pool);

        await Assert.ThrowsAsync<OperatorException>(() => registrar.RegisterAsync(Request, Token));

        Assert.Empty(pool.Calls);
    }

    [Fact]
    public async Task Refused_credentials_are_no_reason_for_the_second_way()
    {
        _server.Answers("GET", "orgs/acme/actions/runner-groups", 404);
        _server.Answers("POST", "orgs/acme/actions/runners/generate-jitconfig", 403);
        var pool = new ScriptedPool();

        await Assert.ThrowsAsync<OperatorException>(() => Registrar(pool).RegisterAsync(Request, Token));

        Assert.Empty(pool.Calls);
    }

    private RunnerRegistrar Registrar(ScriptedPool pool) =>
        new(GitHubEndpoint.Parse($"{_server.Http.Url}/acme", allowInsecureHttp: false), _server.Registrar(), pool);

    private sealed class ScriptedPool : IRunnerRegistrar
    {
        public List<string> Calls { get; } = [];

        public Exception? Error { get; init; }

        public Task<RunnerRegistration> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken)
        {
            Calls.Add("register");
            return Error is { } error
                ? Task.FromException<RunnerRegistration>(error)
                : Task.FromResult(new RunnerRegistration { RunnerId = 7, Name = "linux-a-x", EncodedJitConfig = new Secret("-") });
        }

        public Task<IReadOnlyList<RegisteredRunner>> ListAsync(string namePrefix, CancellationToken cancellationToken)
        {
            Calls.Add($"list {namePrefix}");
            return Task.FromResult<IReadOnlyList<RegisteredRunner>>([]);
        }

        public Task<RegisteredRunner?> FindAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<RemovalResult> RemoveAsync(long runnerId, CancellationToken cancellationToken)
        {
            Calls.Add($"remove {runnerId}");
            return Task.FromResult(RemovalResult.Removed);
        }
    }
}
