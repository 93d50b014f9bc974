using System.Globalization;
using System.Text.RegularExpressions;
using Runner.Agent.Configuration;
using Runner.Agent.Page;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Agents;

/// <summary>A job that is measured, from the kernel's counters to its summary, the agent's metrics and <c>runner advise</c>.</summary>
public sealed partial class MeasuredJobTests(ClusterFixture cluster, DockerEngineFixture engine)
{
    private const int Limit = 180_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The place of a job is a process here, so its worker is asked to measure by the script that puts it into a group of its own.
    [Fact(Timeout = Limit)]
    public async Task Job_in_a_control_group_of_its_own()
    {
        var real = TestWorker.Real();
        using var group = OwnGroup.Make();
        var enter = string.Join('\n', group.Folders.Select(folder => $"echo $$ >{folder}/cgroup.procs"));
        const string Ask = """<<<"${payload%\}},\"usage\":{\"inSummary\":true}}" """; // the last of two members counts

        await using (var agent = await AgentOnHost.StartAsync(
            folder => TestWorker.Script(folder, $"{enter}\nexec {real} \"$@\" {Ask}"), Token, Measure))
        {
            await CheckAsync(agent, resources: null);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Job_in_a_container()
    {
        await using var agent = await AgentOn.DockerAsync(engine, Token, configure: Measure);
        await CheckAsync(agent, resources: null);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_in_a_pod()
    {
        await using var agent = await AgentOn.ClusterAsync(
            cluster,
            options =>
            {
                Measure(options);
                options.Pools[0].Labels.Add("cpu=100m");
                options.Pools[0].Labels.Add("memory=512Mi");
            },
            Token);
        await CheckAsync(agent, resources: (0.1m, 512 * 1024 * 1024));
    }

    [Fact(Timeout = Limit)]
    public async Task Nothing_is_said_of_a_job_that_is_a_process_of_a_machine()
    {
        var worker = TestWorker.Real();
        await using var agent = await AgentOnHost.StartAsync(_ => worker, Token, Measure);

        var run = await RunAsync(agent);

        Assert.DoesNotContain(LogLines.Texts(await agent.Emulator.ReadLogAsync(run.Job("one").Id, Token) ?? string.Empty), line => line.Contains("The job used", StringComparison.Ordinal));
        Assert.Empty((await ReadAsync(agent)).Jobs);
    }

    private static void Measure(AgentOptions options) => options.Monitoring.Usage = new UsageOptions { Enabled = true, JobNames = true };

    private static async Task CheckAsync(AgentOnHost agent, (decimal Cpu, decimal Memory)? resources)
    {
        var run = await RunAsync(agent);
        var job = run.Job("one");
        var summary = await agent.Emulator.ReadSummaryAsync(job.Id, job.Step("Complete job").Id, Token) ?? string.Empty;

        // 200 MiB in the first step, about a second of CPU in the second, as the limit counts it: by ticks. The rest is the worker and its shells.
        var steps = Row().Matches(summary).ToDictionary(row => row.Groups["name"].Value, row => (Cpu: Number(row, "cpu"), Memory: Number(row, "memory")));
        Assert.True(steps.Keys.SequenceEqual(["Fill", "Burn", "Rest"]), summary);
        Assert.True(steps["Fill"].Memory is >= 200 and < 350, summary);
        Assert.True(steps["Burn"] is { Memory: < 150, Cpu: >= 0.7 and < 5 }, summary);
        Assert.True(steps["Rest"] is { Memory: < 150, Cpu: < 0.5 }, summary);
        Assert.Contains("**All of the job**", summary, StringComparison.Ordinal);
        var log = LogLines.Texts(await agent.Emulator.ReadLogAsync(job.Id, Token) ?? string.Empty);
        Assert.Contains(log, line => line.StartsWith("The job used ", StringComparison.Ordinal));
        var used = Assert.Single((await ReadAsync(agent)).Jobs);
        var usage = Assert.Single(used.Runs);
        Assert.Equal(("test", "acme/app", "Measured", "one", "Fill"), (used.Pool, used.Repository, used.Workflow, used.Name, usage.PeakStep));
        Assert.InRange(usage.PeakMemoryBytes ?? 0, 200L * 1024 * 1024, 350L * 1024 * 1024);
        Assert.InRange(usage.CpuSeconds ?? 0, 0.8, 10);
        Assert.Equal(resources, used.Resources is { CpuRequest: { } cpu, MemoryLimit: { } memory } ? (cpu, memory) : null);
        using var monitoring = new HttpClientFixture(agent.Agent!.Monitoring!); // both run
        Assert.Contains(
            "runner_named_job_peak_memory_bytes_bucket{pool=\"test\",repository=\"acme/app\",workflow=\"Measured\",job_name=\"one\",le=\"536870912\"} 1",
            await monitoring.GetAsync("metrics", Token), StringComparison.Ordinal);
    }

    private static async Task<RunInfo> RunAsync(AgentOnHost agent)
    {
        // What tail keeps of a pipe is its own memory; a limit of a second ends the loop by what it used, however busy the machine is.
        var run = agent.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Repository = "acme/app",
            Workflow = """
                name: Measured
                on: push
                jobs:
                  one:
                    runs-on: self-hosted
                    steps:
                      - {name: Fill, run: "head -c 200M /dev/zero | tail -c 200M | wc -c"}
                      - {name: Burn, run: "(ulimit -t 1; while :; do :; done) || true"}
                      - {name: Rest, run: sleep 0.5}
                """,
        });
        var ended = await agent.WaitForRunAsync(run.Id, Token);
        Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
        await Until.TrueAsync(async () => (await ReadJobsAsync(agent)).Jobs.IsEmpty, Token); // the agent is done with it, too
        return ended;
    }

    private static async Task<UsageAnswer> ReadAsync(AgentOnHost agent)
    {
        using var page = new HttpClientFixture(agent.Agent!.Page!); // both run
        return System.Text.Json.JsonSerializer.Deserialize(await page.GetAsync("api/v1/usage", Token), PageJson.Default.UsageAnswer)!; // it is an object
    }

    private static async Task<JobsAnswer> ReadJobsAsync(AgentOnHost agent)
    {
        using var page = new HttpClientFixture(agent.Agent!.Page!); // both run
        return System.Text.Json.JsonSerializer.Deserialize(await page.GetAsync("api/v1/jobs", Token), PageJson.Default.JobsAnswer)!; // it is an object
    }

    private static double Number(Match row, string name) => double.Parse(row.Groups[name].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| (?<name>\w+) \| (?<cpu>[0-9.]+) s \| (?<memory>[0-9.]+) MiB \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
