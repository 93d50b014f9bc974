using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Runner.Agent.Board;
using Runner.Agent.Page;
using Runner.Backends;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Testing.Http;

namespace Runner.Cli.Tests.Commands;

public sealed class AgentPageCommandsTests : IDisposable
{
    private const string Id = "11111111-2222-4333-8444-555555555555";
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private readonly FakeSite _site;
    private readonly List<JobView> _jobs = [];
    private UsageAnswer _usage = new() { IsMeasured = true };
    private Func<HttpContext, Task>? _other;
    private PoolsAnswer _pools = new()
    {
        Agent = new AgentFacts { Instance = "agent-1", Version = "1.2.3", Backend = "host", GitHub = new Uri("https://github.com/acme"), Started = Now.AddHours(-1) },
        Now = Now,
    };

    public AgentPageCommandsTests(FakeHttpServer server) => _site = server.Open(AnswerAsync);

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Status_shows_pools_and_why_something_waits_or_failed()
    {
        _pools = _pools with
        {
            Agent = _pools.Agent with { Problems = ["pool arm: no session with GitHub: 401"], Limits = [new LimitView("core", 5000, 4200, Now.AddMinutes(30), null)] },
            Pools =
            [
                new PoolView { Name = "linux", MaxJobs = 10, Running = 3, Waiting = 1, Free = 2, HeldBack = 4, Reason = "quota", Why = "quota 'ci' has room for 2", Queue = new QueueView(5, 6, 3, Now) },
                new PoolView { Name = "arm", MaxJobs = 2, Trouble = "no session with GitHub: 401" },
            ],
            Failures = [new FailureView("image_pull", 2, Id, "build", "no such image", Now.AddMinutes(-2)), new FailureView("none", 1, Id, "test", null, Now.AddMinutes(-3))],
        };

        var result = await RunAsync("status");

        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        Golden.Check("status.txt", Trimmed(result.Out));
    }

    [Fact(Timeout = 60_000)]
    public async Task Jobs_are_listed_with_what_they_wait_for_and_how_they_ended()
    {
        _jobs.AddRange(Job("build"), Job("wait") with { State = JobState.Waiting, Why = "the quota has no room", Place = null }, Ended("test", Conclusion.Failed, "image_pull"), Ended("lint", Conclusion.Succeeded, "none"));

        var result = await RunAsync("jobs");

        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        Golden.Check("jobs.txt", Trimmed(result.Out));
    }

    [Fact(Timeout = 60_000)]
    public async Task Agent_without_jobs_says_so() =>
        Assert.Equal("No job is here, and none has ended since the agent started.\n", (await RunAsync("jobs")).Out.ReplaceLineEndings("\n"));

    [Fact(Timeout = 60_000)]
    public async Task Advice_has_a_table_for_each_pool_and_the_lines_to_put()
    {
        var run = new UsedRun { Conclusion = Conclusion.Succeeded, Seconds = 60, CpuSeconds = 84, PeakMemoryBytes = 1500 * 1024 * 1024, PeakStep = "Run make test" };
        var resources = new PlaceResources { CpuRequest = 4, MemoryRequest = 8L * 1024 * 1024 * 1024, MemoryLimit = 8L * 1024 * 1024 * 1024 };
        var job = new UsedJob { Pool = "linux", Repository = "acme/widgets", Workflow = "CI", Name = "test", Resources = resources, Runs = [run, run, run, run, run] };
        var small = run with { CpuSeconds = 6, PeakMemoryBytes = 90 * 1024 * 1024, PeakStep = "Run lint" };
        _pools = _pools with { Pools = [new PoolView { Name = "linux", Labels = ["linux"] }, new PoolView { Name = "sized", Sizes = ["cpu=1", "cpu=2", "memory=1Gi"] }] };
        _usage = _usage with { Jobs = [job with { Name = "lint", Runs = [small, small with { IsOutOfMemory = true, MemoryLimitBytes = 8L * 1024 * 1024 * 1024 }] }, job, job with { Pool = "sized" }] };

        var result = await RunAsync("advise");

        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        Golden.Check("advise.txt", Trimmed(result.Out));
    }

    [Fact(Timeout = 60_000)]
    public async Task Advice_as_JSON_has_bytes_and_cores()
    {
        _usage = _usage with { Jobs = [new UsedJob { Pool = "linux", Repository = "acme/widgets", Name = "test", Runs = [new UsedRun { PeakMemoryBytes = 100, Seconds = 10, CpuSeconds = 5 }] }] };

        var result = await RunAsync("advise", "--json");

        Assert.Equal(
            """[{"pool":"linux","repository":"acme/widgets","name":"test","runs":1,"outOfMemory":0,"meanCores":0.5,"peakP95":100,"peakMax":100,"cpu":0.6,"memory":134217728,"hasSizes":false,"labels":[],"tooLarge":[]}]""",
            result.Out.TrimEnd());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true,  "No job that was measured has ended since the agent started.")]
    [InlineData(false, "Nobody measures what jobs use: set monitoring.usage.enabled, and ask again when jobs have run.")]
    public async Task Advice_on_nothing_says_what_is_missing(bool isMeasured, string text)
    {
        _usage = new UsageAnswer { IsMeasured = isMeasured };

        Assert.Equal(text, (await RunAsync("advise")).Out.TrimEnd());
    }

    [Fact(Timeout = 60_000)]
    public async Task Json_is_what_the_agent_answered()
    {
        _jobs.Add(Job("build"));

        var result = await RunAsync("jobs", "--json");

        Assert.Equal("build", JsonSerializer.Deserialize(result.Out, PageJson.Default.JobsAnswer)?.Jobs[0].Name);
        Assert.Single(result.Out.TrimEnd().Split('\n'));
    }

    [Fact(Timeout = 60_000)]
    public async Task Watched_status_is_printed_with_each_change_until_the_agent_ends()
    {
        var result = await RunAsync("status", "--watch", "--json");

        Assert.Equal(0, result.Code);
        Assert.Equal(2, result.Out.TrimEnd().ReplaceLineEndings("\n").Split('\n').Length);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("build")]
    [InlineData("BUILD")]
    [InlineData("11111111")]
    [InlineData(Id)]
    public async Task Log_is_printed_without_what_a_terminal_would_obey(string named)
    {
        _jobs.Add(Job("build"));

        var result = await RunAsync("logs", named, "-f");

        Assert.Equal("12:00:00 ▾ Run tests\n12:00:01   red not titled\n12:00:02   error: it broke\n", result.Out.ReplaceLineEndings("\n"));
        Assert.Contains(_site.Requests, request => request.Path == $"/api/v1/jobs/{Id}/log?last=4194304&follow=true");
    }

    [Fact(Timeout = 60_000)]
    public async Task Log_that_is_followed_is_waited_for_until_the_job_runs()
    {
        _jobs.Add(Job("build") with { State = JobState.Waiting, Why = "the quota has no room" });

        var result = await RunAsync("logs", "build", "-f");

        Assert.Equal("runner: job 'build' has no log yet: it is waiting (the quota has no room)\n", result.Error.ReplaceLineEndings("\n"));
        Assert.Contains("Run tests", result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Job_that_is_not_there_is_told_with_the_nearest_one()
    {
        _jobs.AddRange(Job("build"), Job("twin"), Job("twin") with { Id = "22222222-2222-4333-8444-555555555555" }, Ended("done", Conclusion.Succeeded, "none"));

        Assert.Equal((2, "runner: the agent has no job 'biuld'; did you mean 'build'?\n"), Error(await RunAsync("logs", "biuld")));
        Assert.Equal((2, $"runner: 'twin' may be one of 2 jobs: {Id}, 22222222-2222-4333-8444-555555555555\n"), Error(await RunAsync("logs", "twin")));
        Assert.Equal(
            (69, "runner: Job 'done' is over, and its log is at GitHub: https://github.test/acme/widgets/actions/runs/7/job/9\n"), Error(await RunAsync("logs", "done")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Agent_that_is_not_there_or_none_is_told()
    {
        Assert.Matches(
            @"^runner: The agent at http://127\.0\.0\.1:1/ cannot be reached: .*\. Is it running, with its page at this address \(agent\.page\)\? In a cluster: kubectl port-forward deployment/runner 8081\n$",
            (await Cli.RunAsync("status", "--agent", "http://127.0.0.1:1")).Error.ReplaceLineEndings("\n"));
        _other = http => http.Response.WriteAsync("<html>");
        Assert.Equal((78, $"runner: What answers at {_site.Address} is no page of an agent: is that the address of agent.page?\n"), Error(await RunAsync("status")));
        _other = http =>
        {
            http.Response.StatusCode = 401;
            return http.Response.WriteAsync("{\"error\":\"no\"}");
        };
        Assert.Equal((78, $"runner: The agent at {_site.Address} wants the token of its page: --token-file, or $RUNNER_AGENT_TOKEN\n"), Error(await RunAsync("status")));
        Assert.Equal((2, "runner: --agent: 'nowhere/' is no web address, expected one such as http://192.0.2.7:8080\n"), Error(await Cli.RunAsync("status", "--agent", "nowhere")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Address_and_token_are_found_in_flags_environment_and_the_agents_settings()
    {
        File.WriteAllText(_folder["token"], "of-the-file\n");
        File.WriteAllText(_folder["runner.yaml"], $"agent: {{page: {{address: '127.0.0.1:1', tokenFile: {_folder["token"]}}}}}\n");
        var url = _site.Address.AbsoluteUri;

        await Cli.RunAsync("status", "--agent", url, "--token-file", _folder["token"]);
        await Cli.RunAsync(new Dictionary<string, string> { ["RUNNER_AGENT_URL"] = url, ["RUNNER_AGENT_TOKEN"] = "of-the-environment" }, "status");
        var bySettings = await Cli.RunAsync("status", "--config", _folder["runner.yaml"]);
        await Cli.RunAsync("status", "--config", _folder["runner.yaml"], "--agent", url);

        Assert.Equal(["Bearer of-the-file", "Bearer of-the-environment", "Bearer of-the-file"], _site.Requests.Select(request => request.Headers["Authorization"]));
        Assert.Contains("http://127.0.0.1:1/ cannot be reached", bySettings.Error, StringComparison.Ordinal);
    }

    private static (int Code, string Error) Error(CliResult result) => (result.Code, result.Error.ReplaceLineEndings("\n"));

    private static string Trimmed(string output) => string.Join('\n', output.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()));

    private static JobView Job(string name) => new()
    {
        Id = Id,
        Name = name,
        Repository = "acme/widgets",
        Pool = "linux",
        Runner = "runner-1",
        Place = "pod-1",
        State = JobState.Running,
        JobUrl = new Uri("https://github.test/acme/widgets/actions/runs/7/job/9"),
        Times = new JobMoments { Taken = Now.AddSeconds(-75), Started = Now.AddSeconds(-72) },
    };

    private static JobView Ended(string name, Conclusion conclusion, string reason) => Job(name) with
    {
        Id = "33333333-2222-4333-8444-555555555555", State = JobState.Ended, Conclusion = conclusion, Reason = reason, Times = new JobMoments { Started = Now.AddMinutes(-10), Ended = Now.AddMinutes(-9) },
    };

    private Task<CliResult> RunAsync(params string[] args) => Cli.RunAsync([.. args, "--agent", _site.Address.AbsoluteUri]);

    private Task AnswerAsync(HttpContext http) => (_other, http.Request.Path.Value) switch
    {
        ({ } other, _) => other(http),
        (_, "/api/v1/pools") => http.Response.WriteAsync(JsonSerializer.Serialize(_pools, PageJson.Default.PoolsAnswer)),
        (_, "/api/v1/jobs") => http.Response.WriteAsync(JsonSerializer.Serialize(
            new JobsAnswer { Jobs = [.. _jobs.Where(job => job.State != JobState.Ended)], Recent = [.. _jobs.Where(job => job.State == JobState.Ended)], Now = Now }, PageJson.Default.JobsAnswer)),
        (_, "/api/v1/usage") => http.Response.WriteAsync(JsonSerializer.Serialize(_usage, PageJson.Default.UsageAnswer)),
        (_, "/api/v1/events") => ChangeAsync(http),
        (_, $"/api/v1/jobs/{Id}/log") => http.Response.WriteAsync(
            "2026-03-01T12:00:00.0000000Z ##[group]Run tests\n2026-03-01T12:00:01.0000000Z \u001b[31mred\u001b[0m \u001b[2Jnot\u001b]0;evil\u0007 titled\r\n2026-03-01T12:00:02.0000000Z ##[error]it broke\n", Encoding.UTF8),
        _ => GoneAsync(http),
    };

    // All jobs run from the second change on.
    private async Task ChangeAsync(HttpContext http)
    {
        await http.Response.WriteAsync("event: change\ndata: {\"version\":1}\n\n: nothing new\n\n");
        var running = _jobs.Select(job => job with { State = JobState.Running }).ToList();
        _jobs.Clear();
        _jobs.AddRange(running);
        await http.Response.WriteAsync("event: change\ndata: {\"version\":2}\n\n");
    }

    private static Task GoneAsync(HttpContext http)
    {
        http.Response.StatusCode = 410;
        var error = new PageError("Job 'done' is over, and its log is at GitHub", Link: new Uri("https://github.test/acme/widgets/actions/runs/7/job/9"));
        return http.Response.WriteAsync(JsonSerializer.Serialize(error, PageJson.Default.PageError));
    }
}
