using System.Text;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Board;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Agent.Tests.Supervision;
using Runner.Backends;
using Runner.Jobs.Data;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Agent.Tests.Board;

public sealed class UsageBoardTests
{
    private const long Mebi = 1024 * 1024;

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);

    [Fact]
    public void Runs_of_a_job_are_kept_by_its_name_with_what_it_asked_for()
    {
        var usage = Board(new UsageOptions { Enabled = true });
        var board = new JobBoard(new GitHubBoard(_time), server: null, _time) { JobEnded = usage.Ended };
        var resources = new PlaceResources { CpuRequest = 0.5m, MemoryLimit = 1024 };
        var launch = Launches.Of(Some.Job(name: "build") with
        {
            ContextData = new Dictionary<string, ContextData>
            {
                ["github"] = DictionaryData.FromStrings([KeyValuePair.Create("repository", "acme/widgets"), KeyValuePair.Create("workflow", "CI")]),
            },
        });

        board.Taken(launch, isAdopted: false);
        board.Runs(launch.JobId, new LaunchTimes { ContainersStarted = Start });
        board.Over(launch.JobId, new JobEnd { Outcome = Outcome(new JobUsage { CpuSeconds = 12.5, PeakMemoryBytes = 512 * Mebi, MemoryLimitBytes = 1024 * Mebi, PeakStep = "Run\nmake" }), Resources = resources });
        _time.Advance(TimeSpan.FromSeconds(30));
        board.Ended(launch.JobId, new JobVerdict { Action = VerdictAction.None, Conclusion = Conclusion.Succeeded });

        var job = Assert.Single(usage.Read());
        Assert.Equal(("test", "acme/widgets", "CI", "build", resources), (job.Pool, job.Repository, job.Workflow, job.Name, job.Resources));
        Assert.Equal(
            new UsedRun
            {
                Ended = Start.AddSeconds(30), Conclusion = Conclusion.Succeeded, Seconds = 25, CpuSeconds = 12.5,
                PeakMemoryBytes = 512 * Mebi, MemoryLimitBytes = 1024 * Mebi, PeakStep = "Run make",
            },
            Assert.Single(job.Runs));
    }

    [Fact]
    public void Last_runs_and_names_alone_are_kept()
    {
        var usage = Board(new UsageOptions { Enabled = true });

        for (var run = 0; run < UsageBoard.MaxRuns + 5; run++)
        {
            usage.Ended(Job("build", ended: run, peak: run));
        }

        Assert.Equal((UsageBoard.MaxRuns, 5, UsageBoard.MaxRuns + 4), usage.Read()[0].Runs is var runs ? (runs.Length, runs[0].PeakMemoryBytes, runs[^1].PeakMemoryBytes) : default);

        for (var name = 0; name < UsageBoard.MaxNames; name++)
        {
            usage.Ended(Job($"other {name}", ended: 100 + name, peak: 1));
        }

        Assert.Equal(UsageBoard.MaxNames, usage.Read().Length);
        Assert.DoesNotContain(usage.Read(), job => job.Name == "build"); // it ran longest ago
    }

    [Fact]
    public void Job_that_nobody_measured_is_kept_only_where_it_ran_out_of_memory()
    {
        var killed = Job("killed", ended: 1, peak: null) with
        {
            Usage = null, Reason = "out_of_memory", Resources = new PlaceResources { MemoryLimit = 64 * Mebi }, Times = new JobMoments { Started = Start, Ended = Start.AddSeconds(1) },
        };
        var (on, off) = (Board(new UsageOptions { Enabled = true }), Board(new UsageOptions()));

        foreach (var usage in new[] { on, off })
        {
            usage.Ended(killed);
            usage.Ended(killed with { Name = "not set up", Times = new JobMoments { Ended = Start } }); // a container of ours had too little
            usage.Ended(Job("lost", ended: 1, peak: null) with { Usage = null, Reason = "node_lost" });
            usage.Ended(Job("unknown", ended: 1, peak: 1) with { Repository = null });
        }

        Assert.Empty(off.Read());
        var run = Assert.Single(Assert.Single(on.Read()).Runs);
        Assert.Equal((true, 64 * Mebi), (run.IsOutOfMemory, run.MemoryLimitBytes));
    }

    [Fact]
    public async Task Metrics_are_by_pool_and_by_so_many_names_as_the_settings_say()
    {
        var metrics = new AgentMetrics(new UsageOptions { Enabled = true, JobNames = true, MaxJobNames = 2 });
        var usage = new UsageBoard(new UsageOptions { Enabled = true }, metrics.Usage);

        usage.Ended(Job("killed", ended: 1, peak: 1) with { Usage = null, Reason = "out_of_memory", Times = new JobMoments { Started = Start } });
        usage.Ended(Job("adopted", ended: 1, peak: 100 * Mebi) with { Repository = null }); // neither takes a name's place
        foreach (var name in new[] { "build", "test", "lint", "build", "deploy" })
        {
            usage.Ended(Job(name, ended: 1, peak: 100 * Mebi));
        }

        usage.Ended(Job("odd", ended: 1, peak: -5) with { Usage = new JobUsage { PeakMemoryBytes = -5, CpuSeconds = -1 } }); // no worker of ours says that
        var lines = await ReadAsync(metrics);
        Assert.Contains("runner_job_peak_memory_bytes_count{pool=\"linux\"} 6", lines);
        Assert.Contains("runner_job_peak_memory_bytes_bucket{pool=\"linux\",le=\"134217728\"} 6", lines);
        Assert.Contains("runner_job_cpu_seconds_sum{pool=\"linux\"} 12", lines);
        Assert.Contains("runner_named_job_peak_memory_bytes_count{pool=\"linux\",repository=\"acme/widgets\",workflow=\"CI\",job_name=\"build\"} 2", lines);
        Assert.Contains("runner_named_job_cpu_seconds_count{pool=\"linux\",repository=\"other\",workflow=\"other\",job_name=\"other\"} 2", lines);
        Assert.DoesNotContain(lines, line => line.Contains("lint", StringComparison.Ordinal) || line.Contains("job_name=\"adopted\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_name_is_in_metrics_unasked()
    {
        var metrics = new AgentMetrics(new UsageOptions { Enabled = true });

        new UsageBoard(new UsageOptions { Enabled = true }, metrics.Usage).Ended(Job("build", ended: 1, peak: 1));

        Assert.DoesNotContain(await ReadAsync(metrics), line => line.Contains("build", StringComparison.Ordinal));
    }

    private static UsageBoard Board(UsageOptions options) => new(options, new AgentMetrics(options).Usage);

    private static WorkerOutcome Outcome(JobUsage usage) =>
        new() { IsReported = true, Conclusion = Conclusion.Succeeded, FirstStep = Start.AddSeconds(3), LastStepEnded = Start.AddSeconds(25), Usage = usage };

    private static JobView Job(string name, int ended, long? peak) => new()
    {
        Id = "id",
        Name = name,
        Repository = "acme/widgets",
        Workflow = "CI",
        Pool = "linux",
        Runner = "runner",
        Usage = new JobUsage { PeakMemoryBytes = peak, CpuSeconds = 2 },
        Times = new JobMoments { Ended = Start.AddSeconds(ended) },
    };

    private static async Task<string[]> ReadAsync(AgentMetrics metrics)
    {
        using var text = new MemoryStream();
        await metrics.Registry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(text.ToArray()).Split('\n');
    }
}
