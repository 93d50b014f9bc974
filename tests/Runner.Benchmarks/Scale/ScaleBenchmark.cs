using System.Globalization;
using Runner.Benchmarks.EndToEnd;
using Runner.Testing.Cluster;

namespace Runner.Benchmarks.Scale;

/// <summary>What one agent can do on Kubernetes: a burst, many jobs that it holds, many idle scale sets, thousands of jobs one after the other.</summary>
internal static class ScaleBenchmark
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(5);

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await BurstAsync(500, cancellationToken);
        await HoldAsync(2000, cancellationToken);
        await IdleAsync(100, cancellationToken);
        await FlowAsync(5000, cancellationToken);
    }

    public static async Task BurstAsync(int jobs, CancellationToken cancellationToken)
    {
        await using var bench = await ScaleBench.StartAsync(sets: 1, jobs, new StandInClusterOptions { AnswerTime = AnswerTime, HoldsJobs = true }, cancellationToken);
        bench.Queue(jobs);
        await ScaleBench.UntilAsync(() => bench.Cluster.Calls.Count("create pods") >= jobs, cancellationToken);
        var asked = bench.Cluster.Calls.PodsAskedFor;
        var first = bench.Jobs.FirstQueued ?? throw new InvalidOperationException("Nothing was queued");
        Figures.Print($"{jobs} jobs at once, queued to the last pod asked for", "s", [(asked[^1] - first).TotalSeconds], "10");
        Figures.Print("  of which from the first pod asked for", "s", [(asked[^1] - asked[0]).TotalSeconds], "-");
        Figures.Print("  processor time of the agent", "s", [bench.Agent.ProcessorTime.TotalSeconds], "-");
    }

    public static async Task HoldAsync(int jobs, CancellationToken cancellationToken)
    {
        await using var bench = await ScaleBench.StartAsync(sets: 1, jobs, new StandInClusterOptions { AnswerTime = AnswerTime, HoldsJobs = true }, cancellationToken);
        bench.Queue(jobs);
        await ScaleBench.UntilAsync(() => bench.Cluster.CountPods("Running") >= jobs, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System, cancellationToken);
        Figures.Print($"agent's resident memory, {jobs} jobs held", "MB", [bench.Agent.Megabytes], "250");
        Figures.Print("  of which its own", "MB", [bench.Agent.OwnMegabytes], "-");
        Figures.Print("  the most it ever had", "MB", [bench.Agent.PeakMegabytes], "-");
        await bench.Cluster.CutWatchesAsync();
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, cancellationToken);
        Figures.Print("  the same after all pods were listed anew", "MB", [bench.Agent.PeakMegabytes], "-");
        bench.Cluster.LetGo();
        await bench.Jobs.EndedAsync(jobs, cancellationToken);
        await ScaleBench.UntilAsync(() => bench.Cluster is { Pods.Count: 0, Secrets.Count: <= 1 }, cancellationToken);
        Figures.Print("  jobs that failed", "jobs", [bench.Jobs.Failed], "0");
    }

    public static async Task IdleAsync(int most, CancellationToken cancellationToken)
    {
        var own = new List<double>();
        foreach (var sets in new[] { 1, most })
        {
            await using var bench = await ScaleBench.StartAsync(sets, maxJobs: 100, new StandInClusterOptions(), cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System, cancellationToken);
            var before = bench.Agent.ProcessorTime;
            await Task.Delay(TimeSpan.FromSeconds(60), TimeProvider.System, cancellationToken);
            own.Add(bench.Agent.OwnMegabytes);
            Figures.Print($"agent's resident memory, {sets} idle scale set(s)", "MB", [bench.Agent.Megabytes], sets == 1 ? "-" : "150");
            Figures.Print("  of which its own", "MB", [own[^1]], "-");
            Figures.Print("  processor time in a minute", "ms", [(bench.Agent.ProcessorTime - before).TotalMilliseconds], "-");
        }

        Figures.Print("  a further scale set", "kB", [(own[1] - own[0]) * 1000 / (most - 1)], "100");
    }

    public static async Task FlowAsync(int jobs, CancellationToken cancellationToken)
    {
        var options = new StandInClusterOptions { AnswerTime = AnswerTime, CutWatchAfter = 2500, ExpireEvery = 3 };
        await using var bench = await ScaleBench.StartAsync(sets: 1, maxJobs: 500, options, cancellationToken);
        bench.Queue(jobs);
        await bench.Jobs.EndedAsync(jobs, cancellationToken);
        await ScaleBench.UntilAsync(() => bench.Cluster is { Pods.Count: 0, Secrets.Count: <= 1 }, cancellationToken);
        var (calls, asked) = (bench.Cluster.Calls, bench.Cluster.Calls.PodsAskedFor);
        Figures.Print($"{jobs} jobs through one agent, pods made", "pods/s", [asked.Count / (asked[^1] - asked[0]).TotalSeconds], "50");
        Figures.Print("  calls to the API server", "calls/job", [(double)calls.All.Count / jobs], "8");
        Figures.Print("  agent's resident memory, the most it ever had", "MB", [bench.Agent.PeakMegabytes], "250");
        Figures.Print("  jobs that failed, ran twice, or did not run", "jobs", [bench.Jobs.Failed + bench.Cluster.Ran.Count - jobs], "0");
        Figures.Print("  watches cut", "times", [bench.Cluster.WatchCuts], "-");
        Figures.Print("  processor time of the agent", "ms/job", [bench.Agent.ProcessorTime.TotalMilliseconds / jobs], "-");
        foreach (var (what, times) in calls.Counts.OrderByDescending(call => call.Value))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(double)times / jobs,7:0.000} x {what}"));
        }
    }
}
