using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Board;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Page;
using Runner.Agent.Pools;
using Runner.Agent.Supervision;
using Runner.Agent.Tests.Reruns;
using Runner.Agent.Tests.Supervision;
using Runner.GitHub;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Agent.Tests.Page;

public sealed class PageServerTests : IAsyncLifetime
{
    private const int Limit = 30_000;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ScriptedBackend _backend = new();
    private readonly AgentMetrics _metrics = new();
    private readonly UsageBoard _usage;
    private readonly LaunchBreakers _breakers;
    private readonly RunnerPool _pool = new(new PoolOptions { Name = "linux", Labels = ["x"], MaxJobs = 4 }, "agent-1", []);
    private readonly JobSupervisor _supervisor;
    private readonly PageEndpoints _endpoints;
    private readonly List<PageServer> _servers = [];
#pragma warning disable RS0030 // a test's own client
    private readonly HttpClient _http = new();
#pragma warning restore RS0030

    public PageServerTests()
    {
        _usage = new UsageBoard(new UsageOptions { Enabled = true }, _metrics.Usage);
        _breakers = new LaunchBreakers(_metrics, _time, NullLogger<LaunchBreaker>.Instance);
        var (supervision, github) = (new SupervisionOptions { Instance = "agent-1" }, new GitHubBoard(_time));
        var (health, board) = (new AgentHealth(supervision, _time), new JobBoard(github, new Uri("https://github.test"), _time));
        _supervisor = new JobSupervisor(
            _backend, new NoServices(), _breakers, Ledgers.Unused(_metrics, _time), supervision, _metrics, _time, NullLogger<JobSupervisor>.Instance, board: board);
        var views = new AgentViews(
            new AgentOptions { Agent = supervision },
            GitHubEndpoint.Parse("https://github.com/acme", allowInsecureHttp: false),
            [_pool],
            new PoolOffers([_pool], _backend, _breakers, health, _metrics, _time),
            _breakers,
            board,
            github,
            health,
            _backend,
            _time);
        _endpoints = new PageEndpoints(views, _usage, new ChangeStreams(views, _time), new LogStreams(_supervisor), _time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.StopAsync(CancellationToken.None);
            await server.DisposeAsync();
        }

        _http.Dispose();
        _breakers.Dispose();
        _pool.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task Page_and_interface_show_a_job_that_runs()
    {
        var site = await StartAsync();
        var job = Run("<b>build</b>");
        await UntilAsync(site, "\"state\":\"running\"");

        var page = await GetAsync(site, string.Empty);
        var pools = JsonSerializer.Deserialize(await GetAsync(site, "api/v1/pools"), PageJson.Default.PoolsAnswer)!; // it is an object
        var jobs = JsonSerializer.Deserialize(await GetAsync(site, "api/v1/jobs"), PageJson.Default.JobsAnswer)!;

        Assert.Contains($"<a href=\"jobs/{job}\">&lt;b&gt;build&lt;/b&gt;</a>", page, StringComparison.Ordinal);
        Assert.Equal(("agent-1", "scripted"), (pools.Agent.Instance, pools.Agent.Backend));
        Assert.Equal(("linux", 4, 1), (pools.Pools[0].Name, pools.Pools[0].MaxJobs, pools.Pools[0].Running));
        Assert.Equal(("<b>build</b>", JobState.Running), (Assert.Single(jobs.Jobs).Name, jobs.Jobs[0].State));
        Assert.Contains("\"state\":\"running\"", await GetAsync(site, "api/v1/jobs"), StringComparison.Ordinal);
        Assert.Contains("<h2 class=\"title\">&lt;b&gt;build&lt;/b&gt;", await GetAsync(site, $"jobs/{job}"), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Runner_that_waits_is_room_for_a_job()
    {
        var site = await StartAsync();
        await _pool.Capacity.EnterAsync(Token);
        using var waiting = await _pool.Room.EnterAsync(patience: null, Token);
        await _pool.Capacity.EnterAsync(Token);
        using var taken = await _pool.Room.EnterAsync(patience: null, Token);
        taken.Take();

        var pools = JsonSerializer.Deserialize(await GetAsync(site, "api/v1/pools"), PageJson.Default.PoolsAnswer)!; // it is an object

        Assert.Equal((4, 3), (pools.Pools[0].MaxJobs, pools.Pools[0].Free));
    }

    [Fact(Timeout = Limit)]
    public async Task Browser_is_told_to_run_nothing_but_the_pages_own_script()
    {
        var site = await StartAsync();

        using var answer = await _http.GetAsync(site, Token);

        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Empty(answer.Headers.Server);
    }

    [Theory(Timeout = Limit)]
    [InlineData("page.css", "text/css")]
    [InlineData("page.js", "text/javascript")]
    [InlineData("icon.svg", "image/svg+xml")]
    public async Task Files_of_the_page_are_served(string name, string type)
    {
        var site = await StartAsync();

        using var answer = await _http.GetAsync(new Uri(site, name), Token);

        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(await answer.Content.ReadAsStringAsync(Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Whoever_does_not_know_the_token_sees_nothing()
    {
        var site = await StartAsync("a-token-of-many-letters");

        foreach (var path in (string[])["", "page.js", "api/v1/pools", "api/v1/jobs", "api/v1/events", "jobs/x", "nothing"])
        {
            using var answer = await _http.GetAsync(new Uri(site, path), Token);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("Basic", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
        }

        _http.DefaultRequestHeaders.Authorization = new("Bearer", "a-token-of-many-letters");
        Assert.Contains("agent-1", await GetAsync(site, string.Empty), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Name_of_somebody_else_that_leads_here_is_not_answered()
    {
        var site = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, site) { Headers = { Host = "evil.test" } };

        using var answer = await _http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("not as \\u0027evil.test\\u0027", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Log_is_read_only_of_a_job_that_runs()
    {
        var site = await StartAsync();
        var launch = Launches.Of(Some.Job(name: "late")) with { Pool = "linux" };
        _supervisor.Start(launch, new ScriptedJobService(launch.JobId, _time), kept: null);
        await UntilAsync(site, "\"state\":\"starting\"");
        var id = launch.JobId.ToString();

        Assert.Equal((409, "Job 'late' has no log yet: its worker does not run"), await ErrorAsync(site, id));
        _backend.Place(0).Start();
        await UntilAsync(site, "\"state\":\"running\"");
        _backend.Place(0).Log = new MemoryStream("2026-03-01T12:00:00.0000000Z hello\n"u8.ToArray());
        Assert.Equal("2026-03-01T12:00:00.0000000Z hello\n", await GetAsync(site, $"api/v1/jobs/{id}/log?last=1000"));
        Assert.Equal((400, "follow is true or false, last a number of bytes from 1 to 4194304"), await ErrorAsync(site, id, "?last=0"));
        Assert.Equal((400, "follow is true or false, last a number of bytes from 1 to 4194304"), await ErrorAsync(site, id, "?follow=perhaps"));
        _backend.Place(0).End(Conclusion.Succeeded);
        await UntilAsync(site, "\"state\":\"ended\"");
        Assert.Equal((410, "Job 'late' is over, and its log is at GitHub"), await ErrorAsync(site, id));
        Assert.Equal((404, $"This agent has no job '{id[..8]}': it never had it, or it ended long ago; the nearest is {id}"), await ErrorAsync(site, id[..8]));
        Assert.Equal((404, "This agent has no job 'x': it never had it, or it ended long ago"), await ErrorAsync(site, "x"));
    }

    [Fact(Timeout = Limit)]
    public async Task Log_that_the_backend_cannot_give_is_told()
    {
        var site = await StartAsync();
        var job = Run("build");
        await UntilAsync(site, "\"state\":\"running\"");
        _backend.Place(0).LogFailure = new InfrastructureException("exec is forbidden");

        Assert.Equal((502, "The log of job 'build' cannot be read: exec is forbidden"), await ErrorAsync(site, job));
    }

    [Fact(Timeout = Limit)]
    public async Task Watchers_are_told_of_changes_and_of_nothing_else()
    {
        var site = await StartAsync();
        using var answer = await _http.GetAsync(new Uri(site, "api/v1/events"), HttpCompletionOption.ResponseHeadersRead, Token);
        using var events = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));

        Assert.Equal(["event: change", "data: {\"version\":1}", ""], await LinesAsync(events, 3));
        Run("build");
        var next = LinesAsync(events, 3);
        while (!next.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.WhenAny(next, GetAsync(site, "api/v1/jobs"));
        }

        Assert.Equal("event: change", (await next)[0]);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact(Timeout = Limit)]
    public async Task Watchers_without_end_are_sent_away()
    {
        var site = await StartAsync();
        var open = new List<HttpResponseMessage>();
        for (var number = 0; number < 33; number++)
        {
            open.Add(await _http.GetAsync(new Uri(site, "api/v1/events"), HttpCompletionOption.ResponseHeadersRead, Token));
        }

        Assert.All(open.Take(32), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "10"), (open[32].StatusCode, Assert.Single(open[32].Headers.GetValues("Retry-After"))));
        open.ForEach(answer => answer.Dispose());
    }

    [Theory(Timeout = Limit)]
    [InlineData("POST", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", HttpStatusCode.MethodNotAllowed)]
    public async Task Nothing_can_be_changed(string method, HttpStatusCode status)
    {
        var site = await StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(site, "api/v1/jobs"));

        using var answer = await _http.SendAsync(request, Token);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Log_that_breaks_off_is_not_passed_on_as_one_that_ended()
    {
        var site = await StartAsync();
        var job = Run("build");
        await UntilAsync(site, "\"state\":\"running\"");
        _backend.Place(0).Log = new BrokenLog("begun\n"u8.ToArray());

        var failure = await Record.ExceptionAsync(() => _http.GetStringAsync(new Uri(site, $"api/v1/jobs/{job}/log?follow=true"), Token));

        Assert.True(failure is HttpRequestException or IOException, failure?.ToString() ?? "it was taken for whole");
    }

    [Fact(Timeout = Limit)]
    public async Task Log_of_one_job_is_read_three_times_at_once_and_the_fourth_is_told_so()
    {
        var site = await StartAsync();
        var job = Run("build");
        await UntilAsync(site, "\"state\":\"running\"");
        var logs = new List<HttpResponseMessage>();
        for (var reader = 0; reader < 3; reader++)
        {
            _backend.Place(0).Log = new SilentLog();
            logs.Add(await _http.GetAsync(new Uri(site, $"api/v1/jobs/{job}/log?follow=true"), HttpCompletionOption.ResponseHeadersRead, Token));
        }

        var (status, error) = await ErrorAsync(site, job, "?follow=true");

        Assert.Equal(503, status);
        Assert.Contains("or this one 3 times", error, StringComparison.Ordinal);
        logs.ForEach(log => log.Dispose());
    }

    [Fact(Timeout = Limit)]
    public async Task Port_that_is_taken_stops_an_agent_only_where_it_was_asked_for()
    {
        var first = await StartAsync();
        var second = new PageServer(new PageOptions { Address = first.Authority }, new PageAccess(token: null), _endpoints, NullLoggerFactory.Instance);

        var error = await Assert.ThrowsAsync<OperatorException>(() => second.StartAsync(Token));

        Assert.StartsWith($"agent.page.address: the agent cannot listen on {first.Authority}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_whose_page_has_no_address_of_its_own_goes_on_where_the_port_is_taken()
    {
        using var taken = new TcpListener(PageOptions.Default);
        try
        {
            taken.Start();
        }
        catch (SocketException)
        {
            // Somebody else has it: as good.
        }

        var logs = new Logs();
        var server = new PageServer(new PageOptions(), new PageAccess(token: null), _endpoints, logs);
        _servers.Add(server);
        await server.StartAsync(Token);

        Assert.Null(server.Address);
        Assert.StartsWith("Warning The page cannot be served at 127.0.0.1:8081, jobs are taken without it", Assert.Single(logs.Lines), StringComparison.Ordinal);
    }

    private async Task<Uri> StartAsync(string? token = null)
    {
        var server = new PageServer(new PageOptions { Address = "127.0.0.1:0" }, new PageAccess(token), _endpoints, NullLoggerFactory.Instance);
        _servers.Add(server);
        await server.StartAsync(Token);
        return server.Address!; // it was started
    }

    private string Run(string name)
    {
        var launch = Launches.Of(Some.Job(name: name)) with { Pool = "linux" };
        _backend.Place(0).Start();
        _supervisor.Start(launch, new ScriptedJobService(launch.JobId, _time), kept: null);
        return launch.JobId.ToString();
    }

    private async Task<string> GetAsync(Uri site, string path)
    {
        _time.Advance(TimeSpan.FromMilliseconds(250)); // what was seen before is old
        return await _http.GetStringAsync(new Uri(site, path), Token);
    }

    private async Task UntilAsync(Uri site, string text)
    {
        while (!(await GetAsync(site, "api/v1/jobs")).Contains(text, StringComparison.Ordinal))
        {
            Token.ThrowIfCancellationRequested();
        }
    }

    private async Task<(int Status, string Error)> ErrorAsync(Uri site, string job, string query = "")
    {
        _time.Advance(TimeSpan.FromMilliseconds(250));
        using var answer = await _http.GetAsync(new Uri(site, $"api/v1/jobs/{job}/log{query}"), Token);
        return ((int)answer.StatusCode, JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(Token), PageJson.Default.PageError)!.Error);
    }

    private static async Task<List<string?>> LinesAsync(StreamReader reader, int count)
    {
        var lines = new List<string?>();
        while (lines.Count < count)
        {
            lines.Add(await reader.ReadLineAsync(Token));
        }

        return lines;
    }
}

/// <summary>What operators are told: no less than a warning.</summary>
internal sealed class Logs : ILoggerFactory, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Lines.Enqueue($"{logLevel} {formatter(state, exception)}");
        }
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}

/// <summary>A log whose reader's connection breaks after its first bytes.</summary>
internal sealed class BrokenLog(byte[] first) : MemoryStream(first)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Position == Length ? ValueTask.FromException<int>(new IOException("the connection was reset")) : base.ReadAsync(buffer, cancellationToken);
}

/// <summary>A log to which nothing comes.</summary>
internal sealed class SilentLog : MemoryStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return 0;
    }
}
