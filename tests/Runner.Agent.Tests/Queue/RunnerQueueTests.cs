using Runner.Agent.Configuration;
using Runner.Agent.Pools;
using Runner.Agent.Queue;
using Runner.Agent.Reruns;
using Runner.Agent.Tests.Reruns;
using Runner.Agent.Tests.Supervision;
using Runner.Backends;
using Runner.GitHub;
using Runner.GitHub.Runs;
using Runner.Jobs.Errors;
using Runner.Testing;

namespace Runner.Agent.Tests.Queue;

/// <summary>What waits at GitHub for pools of the mode runners: counted within the budget, by one agent for all.</summary>
public sealed class RunnerQueueTests
{
    private readonly WaitableTime _time = new();
    private readonly MemoryNotes _notes = new();
    private readonly ScriptedQueue _github = new();
    private readonly CountingBackend _backend = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jobs_count_for_each_pool_that_takes_them_and_those_that_run_are_wanted_too()
    {
        _github.Waiting = [["linux"], ["linux", "gpu"], ["windows"]];
        _backend.Counts["plain"] = new JobCount(Launching: 1, Running: 4);

        var counts = await Queue(Pool("plain", "linux"), Pool("big", "linux", "gpu")).LookAsync(Token);

        Assert.Equal(new QueueCount(Queued: 1, Wanted: 6), counts!.Pools["plain"]);
        Assert.Equal(new QueueCount(Queued: 2, Wanted: 2), counts.Pools["big"]);
    }

    [Fact]
    public async Task Job_that_has_a_runner_and_no_place_yet_is_wanted_and_one_of_other_runners_is_not()
    {
        _github.Runners = ["p-agent-7bcdfghj", "p-other-8bcdfghj", "GitHub Actions 12", "q-agent-7bcdfghj"];

        Assert.Equal(new QueueCount(Queued: 0, Wanted: 2), (await Queue(Pool("p", "linux")).LookAsync(Token))!.Pools["p"]);
        _time.Advance(TimeSpan.FromMinutes(1));
        _backend.Counts["p"] = new JobCount(Launching: 0, Running: 3); // one has ended, and its pod not yet
        Assert.Equal(new QueueCount(Queued: 0, Wanted: 3), (await Queue(Pool("p", "linux")).LookAsync(Token))!.Pools["p"]);
    }

    [Fact]
    public async Task One_agent_counts_for_all_and_the_next_count_waits_for_its_time()
    {
        var (first, second) = (Queue(Pool("p", "linux")), Queue(Pool("p", "linux")));
        _github.Waiting = [["linux"]];

        Assert.Equal(1, (await first.LookAsync(Token))!.Pools["p"].Queued);
        _github.Waiting = [];
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, (await second.LookAsync(Token))!.Pools["p"].Queued);
        Assert.Equal(1, _github.Lists);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, (await second.LookAsync(Token))!.Pools["p"].Queued);
        Assert.Equal(2, _github.Lists);
    }

    [Fact]
    public async Task Count_of_many_calls_is_not_made_again_before_the_budget_has_them()
    {
        var queue = Queue(Pool("p", "linux"));
        _github.Calls = 50;
        await queue.LookAsync(Token);

        _time.Advance(TimeSpan.FromMinutes(4.9)); // 50 of 600 calls an hour are 5 minutes
        await queue.LookAsync(Token);
        Assert.Equal(1, _github.Lists);
        _time.Advance(TimeSpan.FromMinutes(0.1));
        await queue.LookAsync(Token);
        Assert.Equal(2, _github.Lists);
    }

    [Fact]
    public async Task While_another_agent_counts_the_last_count_stands_and_one_that_died_is_not_waited_for_long()
    {
        _notes.All["queue-here"] = new QueueNote { Begun = _time.GetUtcNow() }.ToText();
        var queue = Queue(Pool("p", "linux"));

        Assert.Null(await queue.LookAsync(Token));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.NotNull(await queue.LookAsync(Token));
    }

    [Fact]
    public async Task Failure_leaves_the_last_count()
    {
        var queue = Queue(Pool("p", "linux"));
        _github.Waiting = [["linux"]];
        await queue.LookAsync(Token);
        _time.Advance(TimeSpan.FromMinutes(1));
        _github.Failure = new InfrastructureException("away");

        await Assert.ThrowsAsync<InfrastructureException>(() => queue.LookAsync(Token));

        var note = QueueNote.Parse(_notes.All["queue-here"]);
        Assert.Null(note.Begun);
        Assert.Equal(1, note.Counts!.Pools["p"].Queued);
    }

    [Fact]
    public async Task Count_that_failed_has_cost_its_calls_and_no_agent_makes_it_again_before_the_budget_has_them()
    {
        var (first, second) = (Queue(Pool("p", "linux")), Queue(Pool("p", "linux")));
        _github.Calls = 50;
        _github.Failure = new OperatorException("GitHub does not show us the runs of acme/typo");

        await Assert.ThrowsAsync<OperatorException>(() => first.LookAsync(Token));
        _time.Advance(TimeSpan.FromMinutes(4.9)); // 50 of 600 calls an hour are 5 minutes
        Assert.Null(await second.LookAsync(Token));
        Assert.Equal(1, _github.Lists);
        _time.Advance(TimeSpan.FromMinutes(0.1));
        await Assert.ThrowsAsync<OperatorException>(() => second.LookAsync(Token));
        Assert.Equal(2, _github.Lists);
    }

    [Fact]
    public async Task Runner_of_a_pool_whose_name_begins_with_that_of_another_is_its_own()
    {
        _github.Runners = ["linux-large-agent-7bcdfghj", "linux-large-agent-8bcdfghj", "linux-agent-7bcdfghj"];

        var counts = await Queue(Pool("linux", "linux"), Pool("linux-large", "large")).LookAsync(Token);

        Assert.Equal(1, counts!.Pools["linux"].Wanted);
        Assert.Equal(2, counts.Pools["linux-large"].Wanted);
    }

    [Fact]
    public async Task Job_that_asks_for_a_group_alone_counts_for_pools_that_have_one()
    {
        _github.Waiting = [[]];
        using var grouped = new RunnerPool(new PoolOptions { Name = "g", Labels = ["linux"], RunnerGroup = "big" }, "agent", []);

        var counts = await Queue(grouped, Pool("p", "linux")).LookAsync(Token);

        Assert.Equal(1, counts!.Pools["g"].Queued);
        Assert.Equal(0, counts.Pools["p"].Queued);
    }

    [Fact]
    public void Organisation_without_repositories_is_not_counted_and_says_why()
    {
        var queue = Queue("https://github.com/acme", new QueueOptions(), Pool("p", "linux"));

        Assert.False(queue.IsUsed);
        Assert.Equal("https://github.com/acme is no repository, and monitoring.queue.repositories names none", queue.WhyNot);
    }

    [Theory]
    [InlineData("https://github.com/acme", "app,other/lib", "acme/app,other/lib")]
    [InlineData("https://github.com/acme/app", "", "acme/app")]
    [InlineData("https://github.com/acme/app", "lib", "acme/lib")]
    public async Task Repositories_are_those_that_are_named_or_the_one_of_the_runners(string url, string named, string expected)
    {
        var queue = Queue(url, new QueueOptions { Repositories = [.. named.Split(',', StringSplitOptions.RemoveEmptyEntries)] }, Pool("p", "linux"));

        await queue.LookAsync(Token);

        Assert.Equal(expected, string.Join(',', _github.Asked));
    }

    [Fact]
    public void Count_that_is_too_old_is_not_known_any_more()
    {
        var book = new QueueBook(_time);
        book.Write(new QueueCounts(_time.GetUtcNow(), new Dictionary<string, QueueCount> { ["p"] = new(3, 5) }, Calls: 1), TimeSpan.FromMinutes(2));

        Assert.Equal(3, book.Find("p")!.Queued);
        Assert.Null(book.Find("other"));
        _time.Advance(TimeSpan.FromMinutes(2.1));
        Assert.Null(book.Find("p"));
    }

    [Fact]
    public void Notes_of_the_queue_are_left_alone_by_those_who_look_for_re_runs() => Assert.False(OwedRerun.IsName(QueueNote.NamePrefix + "x"));

    private static RunnerPool Pool(string name, params string[] labels) => new(new PoolOptions { Name = name, Labels = labels }, "agent", []);

    private RunnerQueue Queue(params RunnerPool[] pools) => Queue("https://github.com/acme/app", new QueueOptions(), pools);

    private RunnerQueue Queue(string url, QueueOptions options, params RunnerPool[] pools) =>
        new(pools, _github, _backend, _notes, GitHubEndpoint.Parse(url, allowInsecureHttp: false), "here", options, _time);
}

/// <summary>A queue at GitHub as a test says.</summary>
internal sealed class ScriptedQueue : IQueuedJobs
{
    public IReadOnlyList<IReadOnlyList<string>> Waiting { get; set; } = [];

    public IReadOnlyList<string> Runners { get; set; } = [];

    public int Calls { get; set; } = 1;

    public Exception? Failure { get; set; }

    public List<string> Asked { get; } = [];

    public int Lists => Asked.Count;

    public Task<QueuedJobList> ListAsync(string repository, Action called, CancellationToken cancellationToken)
    {
        Asked.Add(repository);
        for (var call = 0; call < Calls; call++)
        {
            called();
        }

        return Failure is null ? Task.FromResult(new QueuedJobList(Waiting, Runners)) : Task.FromException<QueuedJobList>(Failure);
    }
}

/// <summary>A backend that counts jobs as a test says.</summary>
internal sealed class CountingBackend : IJobBackend
{
    private readonly ScriptedBackend _places = new();

    public Dictionary<string, JobCount> Counts { get; } = [];

    public string Name => "counting";

    public JobCount? CountJobs(string pool) => Counts.GetValueOrDefault(pool);

    public Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken) => _places.LaunchAsync(launch, cancellationToken);

    public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) => _places.AdoptAsync(cancellationToken);
}
