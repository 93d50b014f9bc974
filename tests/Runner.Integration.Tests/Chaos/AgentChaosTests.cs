using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Integration.Tests.Chaos;

/// <summary>Two agents that are killed with <c>kill -9</c> at random moments, again and again, while jobs come.</summary>
public sealed class AgentChaosTests(ClusterFixture cluster, ITestOutputHelper output) : IDisposable
{
    private const int Agents = 2;
    private const int JobsOfRun = 4;
    private const int LeastLives = 2;

    // An agent that takes no job is killed all the same.
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(10);

    private readonly TempFolder _folder = new();
    private readonly ChaosPlan _plan = ChaosPlan.Read();
    private readonly ConcurrentQueue<RunInfo> _runs = new();
    private int _kills;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 7_200_000)] // of the long form; the plan's patience ends sooner
    [InlineData("host", "runners")]
    [InlineData("host", "scaleset")]
    [InlineData("kubernetes", "runners")]
    [InlineData("kubernetes", "scaleset")]
    public async Task No_job_is_lost_doubled_or_made_up_and_nothing_is_left_where_agents_are_killed_at_random(string backend, string mode)
    {
        output.WriteLine($"seed {_plan.Seed}, {_plan.Duration.TotalSeconds} s, {_plan.Jobs} jobs");
        using var limit = new CancellationTokenSource(_plan.Duration + _plan.Patience, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, Token);
        var place = await AgentPlace.OfAsync(backend, _folder, cluster, engine: null, Token);
        await using var marks = await MarkServer.StartAsync(place.Address, Token);
        await using var emulator = await EmulatorServer.StartAsync(
            new EmulatorOptions
            {
                ShareRunnerKey = true,
                ListenAddress = place.Address,
                ScaleSetSessionDuration = TimeSpan.FromSeconds(2),
                OfferDuration = TimeSpan.FromSeconds(10),
                MaxOffers = int.MaxValue, // GitHub's number is not known; each kill may cost an offer
                KeptRuns = int.MaxValue,
            },
            Token);
        var configurations = new List<string>();
        for (var agent = 1; agent <= Agents; agent++)
        {
            configurations.Add(await place.ConfigureAsync(backend, emulator, mode, maxJobs: 4, $"agent-{agent}", Token));
        }

        try
        {
            await Task.WhenAll([FeedAsync(emulator, marks), .. configurations.Select((path, index) => KillAsync(path, index, both.Token))]);
            await EndAsync(emulator, place, configurations, both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            Assert.Fail($"Not over in time, with seed {_plan.Seed}:\n{string.Join('\n', Unfinished(emulator))}\nleft: {string.Join(", ", await place.LeftAsync(Token))}\n{Tails()}");
        }

        Tell(emulator, marks);
        Assert.Empty(await place.LeftAsync(Token));
        using var http = new HttpClientFixture(emulator.Url);
        var left = await http.RunnerCountAsync(Token);
        Assert.True(left == 0, $"{left} registrations are left, with seed {_plan.Seed}:\n{Tails()}");
    }

    private async Task FeedAsync(EmulatorServer emulator, MarkServer marks)
    {
        var runs = (_plan.Jobs + JobsOfRun - 1) / JobsOfRun;
        for (var run = 0; run < runs; run++)
        {
            var first = run * JobsOfRun;
            _runs.Enqueue(emulator.QueueWorkflow(Workflow(marks, Enumerable.Range(first, Math.Min(JobsOfRun, _plan.Jobs - first)))));
            await Task.Delay(_plan.Duration * 0.9 / runs, TimeProvider.System, Token);
        }
    }

    // Every third job fails, as it is told to; some last.
    private static WorkflowRequest Workflow(MarkServer marks, IEnumerable<int> numbers) => new()
    {
        Workflow = $$$"""
            on: push
            jobs:
              one:
                strategy: {fail-fast: false, matrix: {n: [{{{string.Join(',', numbers)}}}]}}
                name: ${{ matrix.n }}
                runs-on: self-hosted
                steps:
                  - {shell: sh, run: "{{{marks.Leave("begun-${{ matrix.n }}")}}}; sleep $((${{ matrix.n }} % 4))"}
                  - {shell: sh, run: "test $((${{ matrix.n }} % 3)) != 0 && {{{marks.Leave("ended-${{ matrix.n }}")}}}"}
            """,
    };

    /// <summary>One agent, which comes again after each death: killed soon after it took a job, and in its next life at any moment from its start on.</summary>
    private async Task KillAsync(string configuration, int index, CancellationToken cancellationToken)
    {
        var random = new Random(_plan.Seed + index);
        var began = TimeProvider.System.GetTimestamp();
        for (var life = 0; life < LeastLives || TimeProvider.System.GetElapsedTime(began) < _plan.Duration; life++)
        {
            using var agent = AgentProcess.Start(Repository.Artifact("runner"), configuration, Log(index, life));
            var moment = TimeSpan.FromMilliseconds(random.Next(5000));
            if (life % 2 == index % 2)
            {
                using var patience = new CancellationTokenSource(LongestIdle, TimeProvider.System);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
                await Task.WhenAny(agent.PrintedAsync("taken by runner", either.Token));
                moment /= 10;
            }

            await Task.Delay(moment, TimeProvider.System, cancellationToken);
            await agent.KillAsync(cancellationToken);
            Interlocked.Increment(ref _kills);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500)), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Both agents live, until all is done; then they stop.</summary>
    private async Task EndAsync(EmulatorServer emulator, AgentPlace place, List<string> configurations, CancellationToken cancellationToken)
    {
        var last = configurations.Select((path, index) => AgentProcess.Start(Repository.Artifact("runner"), path, _folder[$"agent-{index}-last.log"])).ToList();
        try
        {
            foreach (var run in _runs)
            {
                await emulator.WaitForRunAsync(run.Id, cancellationToken);
            }

            await place.EmptyAsync(cancellationToken);

            // What earlier lives left at GitHub is removed before jobs are taken; one that is stopped sooner leaves it to the next.
            await Task.WhenAll(last.Select(agent => agent.PrintedAsync("[1000]", cancellationToken)));
            await Task.WhenAll(last.Select(agent => agent.StopAsync(cancellationToken)));
        }
        finally
        {
            last.ForEach(agent => agent.Dispose());
        }
    }

    private void Tell(EmulatorServer emulator, MarkServer marks)
    {
        var jobs = _runs.SelectMany(run => emulator.FindRun(run.Id)?.Jobs ?? []).ToList();
        var all = Enumerable.Range(0, _plan.Jobs).ToList();
        var logs = string.Concat(Directory.GetFiles(_folder.FullPath, "agent-*.log").Select(File.ReadAllText));
        output.WriteLine($"{_kills} kills, {Count("[1207]")} adopted, {Count("[1215]")} taken up unlaunched, {marks.Marks.Count} marks");

        var wrong = jobs.Where(job => job.Conclusion != (Number(job.Name) % 3 == 0 ? Conclusion.Failed : Conclusion.Succeeded)).ToList();
        Assert.True(wrong.Count == 0, $"seed {_plan.Seed}: {string.Join('\n', wrong.Select(job => $"{job.Name} {job.Conclusion} {job.Reason} {job.Runner}"))}\n{Tails()}");
        Assert.Equal(all, jobs.Select(job => Number(job.Name)).Order());
        Assert.Equal(all, Numbers("begun-"));
        Assert.Equal(all.Where(number => number % 3 != 0), Numbers("ended-"));

        int Count(string text) => Regex.Count(logs, Regex.Escape(text));

        IEnumerable<int> Numbers(string kind) =>
            marks.Marks.Where(mark => mark.StartsWith(kind, StringComparison.Ordinal)).Select(mark => Number(mark[kind.Length..])).Order();
    }

    private IEnumerable<string> Unfinished(EmulatorServer emulator) => _runs
        .SelectMany(run => emulator.FindRun(run.Id)?.Jobs ?? [])
        .Where(job => job.Status != JobStatus.Completed)
        .Select(job => $"{job.Name}: {job.Status} {job.Runner} locked until {job.LockedUntil:O}");

    private string Log(int agent, int life) => _folder[string.Create(CultureInfo.InvariantCulture, $"agent-{agent}-{life:000}.log")];

    private string Tails() => string.Join('\n', Directory.GetFiles(_folder.FullPath, "agent-*.log").Order(StringComparer.Ordinal)
        .SelectMany(file => File.ReadLines(file).TakeLast(25).Prepend(Path.GetFileName(file))).TakeLast(400));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
