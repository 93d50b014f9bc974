using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;

namespace Runner.Benchmarks.EndToEnd;

/// <summary>The emulator in this process and a real agent beside it, with real workers on the host backend.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly EmulatorServer _emulator;
    private readonly Process _agent;
    private readonly DirectoryInfo _folder;

    private Bench(EmulatorServer emulator, Process agent, DirectoryInfo folder)
    {
        _emulator = emulator;
        _agent = agent;
        _folder = folder;
        Agent = new ProcessFigures(agent);
    }

    /// <summary>The local GitHub.</summary>
    public EmulatorServer Emulator => _emulator;

    /// <summary>A folder that steps may write to.</summary>
    public string Folder => _folder.FullName;

    /// <summary>What the agent takes; of its processor time, that of all workers and steps that have ended, too.</summary>
    public ProcessFigures Agent { get; }

    /// <summary>Starts both and waits until all runners are there.</summary>
    public static async Task<Bench> StartAsync(int slots, CancellationToken cancellationToken, Action<AnsweredCall>? answered = null)
    {
        var folder = Directory.CreateTempSubdirectory("runner-bench-");
        var emulator = await EmulatorServer.StartAsync(
            new EmulatorOptions { PersonalAccessToken = new Secret("bench"), ShareRunnerKey = true, Answered = answered },
            cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "token"), "bench", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "runner.yaml"), string.Create(CultureInfo.InvariantCulture, $"""
            backend: host
            github: {"{"}url: "{emulator.Url}bench", auth: {"{"}tokenFile: {folder.FullName}/token{"}"}{"}"}
            pools: [{"{"}name: bench, labels: [self-hosted], maxJobs: {slots}{"}"}]
            host: {"{"}root: {folder.FullName}/jobs{"}"}
            monitoring: {"{"}metricsPort: 0{"}"}
            """), cancellationToken);
        var agent = Process.Start(new ProcessStartInfo(Artifacts.Runner, ["agent", "--config", Path.Combine(folder.FullName, "runner.yaml")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("The agent did not start");
        agent.OutputDataReceived += (_, _) => { };
        agent.BeginOutputReadLine();
        agent.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        agent.BeginErrorReadLine();

        var bench = new Bench(emulator, agent, folder);
        await bench.AwaitSessionsAsync(slots, cancellationToken);
        return bench;
    }

    /// <summary>Runs a job of scripts to its end. Returns it with the moment it was queued.</summary>
    public async Task<(JobInfo Job, DateTimeOffset Queued)> RunAsync(IEnumerable<string> scripts, CancellationToken cancellationToken)
    {
        var steps = new JsonArray([.. scripts.Select((script, index) => new JsonObject
        {
            ["type"] = "action",
            ["id"] = Guid.NewGuid(),
            ["name"] = $"s{index}",
            ["contextName"] = $"__s{index}",
            ["condition"] = "success()",
            ["reference"] = new JsonObject { ["type"] = "script" },
            ["inputs"] = Mapping(("script", script), ("shell", "bash")),
        })]);
        var message = new JsonObject { ["steps"] = steps };
        var queued = TimeProvider.System.GetUtcNow();
        var job = _emulator.QueueJob(new RawJob
        {
            Name = "bench",
            Labels = ["self-hosted"],
            Message = System.Text.Json.JsonSerializer.SerializeToElement(message),
        });
        var ended = await _emulator.WaitForJobAsync(job.Id, cancellationToken);
        if (ended.Conclusion != Conclusion.Succeeded)
        {
            throw new InvalidOperationException($"The job ended as {ended.Conclusion}: {ended.Reason}\n{await _emulator.ReadLogAsync(job.Id, cancellationToken)}");
        }

        return (ended, queued);
    }

    /// <summary>Lines of the job's log and of each step's as they arrived.</summary>
    public async Task<(int Job, int Steps)> CountLinesAsync(JobInfo job, CancellationToken cancellationToken)
    {
        var steps = 0;
        foreach (var step in job.Steps)
        {
            steps += Lines(await _emulator.ReadStepLogAsync(job.Id, step.Id, cancellationToken));
        }

        return (Lines(await _emulator.ReadLogAsync(job.Id, cancellationToken)), steps);
    }

    /// <summary>Waits until so many runners have a session.</summary>
    public async Task AwaitSessionsAsync(int count, CancellationToken cancellationToken)
    {
        await foreach (var happened in _emulator.ReadEventsAsync(0, cancellationToken))
        {
            if (happened.Type == Runner.Emulator.Events.EmulatorEventType.RunnerAdded && --count == 0)
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _agent.Kill();
        await _agent.WaitForExitAsync();
        _agent.Dispose();
        await _emulator.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static int Lines(string? log) => log?.AsSpan().Count('\n') ?? 0;

    private static JsonObject Mapping(params (string Key, string Value)[] entries) => new()
    {
        ["type"] = 2,
        ["map"] = new JsonArray([.. entries.Select(entry => new JsonObject { ["Key"] = entry.Key, ["Value"] = entry.Value })]),
    };
}
