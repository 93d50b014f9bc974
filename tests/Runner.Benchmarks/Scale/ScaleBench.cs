using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Benchmarks.EndToEnd;
using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Jobs.Secrets;
using Runner.Testing.Cluster;

namespace Runner.Benchmarks.Scale;

/// <summary>The emulator and a stand-in for a cluster in this process, and the real program as an agent beside them.</summary>
internal sealed class ScaleBench : IAsyncDisposable
{
    // GitHub's own limit of a matrix.
    private const int JobsOfRun = 250;
    private const int CommitsOfPush = 8;

    private readonly DirectoryInfo _folder;
    private readonly Process _agent;

    private ScaleBench(DirectoryInfo folder, EmulatorServer emulator, StandInCluster cluster, Process agent)
    {
        _folder = folder;
        _agent = agent;
        Emulator = emulator;
        Cluster = cluster;
        Agent = new ProcessFigures(agent);
        Jobs = new JobTally(emulator);
    }

    public EmulatorServer Emulator { get; }

    public StandInCluster Cluster { get; }

    public ProcessFigures Agent { get; }

    public JobTally Jobs { get; }

    /// <summary>Starts all and waits until each scale set has its session.</summary>
    public static async Task<ScaleBench> StartAsync(int sets, int maxJobs, StandInClusterOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("runner-bench-");
        var sessions = 0;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var emulator = await EmulatorServer.StartAsync(
            new EmulatorOptions
            {
                PersonalAccessToken = new Secret("bench"),
                ShareRunnerKey = true,
                KeptRuns = 1,
                Answered = call =>
                {
                    if (call is { Method: "POST" } && call.Path.EndsWith("/sessions", StringComparison.Ordinal) && Interlocked.Increment(ref sessions) == sets)
                    {
                        ready.TrySetResult();
                    }
                },
            },
            cancellationToken);
        var cluster = await StandInCluster.StartAsync(options, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "token"), "bench", cancellationToken);
        var pools = Enumerable.Range(0, sets).Select(set => string.Create(
            CultureInfo.InvariantCulture, $"  - {"{"}name: bench-{set}, labels: [self-hosted, set-{set}], maxJobs: {maxJobs}, mode: scaleset{"}"}"));
        var configuration = Path.Combine(folder.FullName, "runner.yaml");
        await File.WriteAllTextAsync(configuration, $"""
            backend: kubernetes
            kubernetes:
              kubeconfig: {cluster.Kubeconfig}
              namespace: {options.Namespace}
              runnerImage: registry.example/runner:1
              defaultImage: registry.example/job:1
            github: {"{"}url: "{emulator.Url}bench", auth: {"{"}tokenFile: {folder.FullName}/token{"}"}{"}"}
            pools:
            {string.Join('\n', pools)}
            monitoring: {"{"}metricsPort: 0{"}"}
            agent: {"{"}instance: bench{"}"}
            """, cancellationToken);
        var log = Path.Combine(folder.FullName, "agent.log");
        var agent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" agent --config \"$1\" >\"$2\" 2>&1", Artifacts.Runner, configuration, log]))
            ?? throw new InvalidOperationException("The agent did not start");
        var bench = new ScaleBench(folder, emulator, cluster, agent);
        await Task.WhenAny(ready.Task, agent.WaitForExitAsync(cancellationToken));
        return ready.Task.IsCompleted ? bench : throw new InvalidOperationException($"The agent ended: {await File.ReadAllTextAsync(log, cancellationToken)}");
    }

    /// <summary>Queues jobs of the first set, with messages as large as GitHub's are.</summary>
    public void Queue(int count)
    {
        for (var left = count; left > 0; left -= JobsOfRun)
        {
            var jobs = Enumerable.Range(0, Math.Min(left, JobsOfRun));
            Emulator.QueueWorkflow(new WorkflowRequest
            {
                Workflow = $$$"""
                    on: push
                    jobs:
                      build:
                        strategy: {fail-fast: false, matrix: {part: [{{{string.Join(',', jobs)}}}]}}
                        runs-on: [self-hosted, set-0]
                        env: {CONFIGURATION: release}
                        steps:
                          - uses: actions/checkout@v4
                          - {name: Build, run: "./build.sh --part ${{ matrix.part }}"}
                          - {name: Test, if: always(), run: "./test.sh --part ${{ matrix.part }}"}
                    """,
                Payload = Payload(),
            });
        }
    }

    /// <summary>Waits until something holds, which nobody tells.</summary>
    public static async Task UntilAsync(Func<bool> holds, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (!holds())
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _agent.Kill();
        await _agent.WaitForExitAsync();
        _agent.Dispose();
        await Jobs.DisposeAsync();
        await Cluster.DisposeAsync();
        await Emulator.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    // Some 10 kB, as the event of a push with a few commits has.
    private static JsonElement Payload() => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["ref"] = "refs/heads/main",
        ["repository"] = new JsonObject(Enumerable.Range(0, 60).Select(
            number => KeyValuePair.Create<string, JsonNode?>($"hooks_{number}_url", $"https://api.github.example/repos/acme/site/hooks{number}{{/key}}"))),
        ["commits"] = new JsonArray([.. Enumerable.Range(0, CommitsOfPush).Select(number => (JsonNode)new JsonObject
        {
            ["id"] = new string('a', 40),
            ["message"] = $"Change number {number}: {new string('m', 300)}",
            ["url"] = $"https://github.example/acme/site/commit/{new string('a', 40)}",
            ["author"] = new JsonObject { ["name"] = "Somebody", ["email"] = "somebody@example.com", ["username"] = "somebody" },
            ["modified"] = new JsonArray("src/one.cs", "src/two.cs", "docs/three.md"),
        })]),
    });
}
