using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Emulator.Tests.Clients;
using Runner.Testing;
using Runner.Testing.GitHub;

namespace Runner.Emulator.Tests.Runs;

/// <summary>Whatever the emulator queues, GitHub's runner can read: <see cref="OfficialRunner"/> refuses each message that <see cref="StrictJobMessage"/> does.</summary>
public sealed class StrictReaderTests
{
    public static TheoryData<string, string> Shapes => new()
    {
        // event             workflow
        { "push",              "on: push\njobs: {a: {runs-on: x, steps: [{run: id}]}}" },
        { "push",              "on: push\njobs: {a: {runs-on: x, strategy: {matrix: {n: [1, 2], os: ['a b', 'c/d']}}, steps: [{run: id}]}}" },
        { "push",              "on: push\njobs: {a: {uses: ./.github/workflows/called.yml, with: {n: 1}}}" },
        { "push",              "on: push\njobs: {a: {strategy: {matrix: {n: [1, 2]}}, uses: ./.github/workflows/called.yml, with: {n: '${{ matrix.n }}'}}}" },
        { "push",              "on: push\njobs: {a: {uses: ./.github/workflows/bare.yml}}" },
        { "workflow_dispatch", "on: workflow_dispatch\njobs: {a: {runs-on: x, steps: [{run: id}]}}" },
        { "workflow_dispatch", "on: {workflow_dispatch: {inputs: {n: {type: number}}}}\njobs: {a: {runs-on: x, steps: [{run: id}]}}" },
        { "schedule",          "on: {schedule: [{cron: '1 2 3 4 5'}]}\njobs: {a: {runs-on: x, steps: [{run: id}]}}" },
        { "push",              "on: push\nenv: {A: 1}\ndefaults: {run: {shell: bash}}\njobs: {a: {runs-on: x, env: {B: '${{ github.sha }}'}, steps: [{run: id, env: {C: ''}}]}}" },
        { "push",              "on: push\njobs: {a: {runs-on: x, container: 'a/b:1', services: {s: {image: 'c/d:2', ports: [80]}}, steps: [{uses: 'docker://e:3'}]}}" },
        { "push",              "on: push\njobs: {a: {runs-on: x, steps: [{run: id, background: true, id: b}, {wait: b}, {wait-all: }]}}" },
        { "push",              "on: push\njobs: {a_-1: {name: 'ä ß / [1] \"', runs-on: x, environment: {name: e, url: 'https://x/${{ github.sha }}'}, steps: [{run: id}]}}" },
    };

    [Theory(Timeout = 120_000), MemberData(nameof(Shapes))]
    public async Task Messages_of_every_shape_are_readable(string eventName, string workflow)
    {
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { ShareRunnerKey = true });
        var files = new Dictionary<string, string>
        {
            [".github/workflows/called.yml"] =
                "on: {workflow_call: {inputs: {n: {type: number}}}}\njobs: {inner: {runs-on: x, strategy: {matrix: {m: [1, 2]}}, steps: [{run: id}]}, again: {uses: ./.github/workflows/bare.yml}}",
            [".github/workflows/bare.yml"] = "on: workflow_call\njobs: {last: {runs-on: x, steps: [{run: id}]}}",
        };

        using var queued = await emulator.PostAsync("emulator/runs", Json(new WorkflowRequest { Workflow = workflow, Event = eventName, Files = files }), token: null);
        var run = await queued.Content.ReadFromJsonAsync(RunJson.Default.RunInfo, TestEmulator.Token);

        Assert.NotNull(run);
        Assert.True(await TakeAllAsync(emulator, run.Id) > 0);
    }

    [Fact(Timeout = 300_000)]
    public async Task Messages_of_the_whole_corpus_are_readable()
    {
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { ShareRunnerKey = true });
        var taken = 0;

        foreach (var (name, workflow) in CorpusFiles.Workflows())
        {
            var run = emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = workflow, Path = $".github/workflows/{name}.yml" });
            taken += await TakeAllAsync(emulator, run.Id);
        }

        Assert.True(taken > 100, $"only {taken} jobs were queued");
    }

    [Fact(Timeout = 60_000)]
    public async Task Messages_completed_from_nothing_are_readable()
    {
        await using var emulator = await TestEmulator.StartAsync();
        emulator.Server.QueueJob(new RawJob { Name = "caller/a[2] ä" });
        var runner = await emulator.OnlineRunnerAsync();

        var job = await runner.TakeJobAsync(TestEmulator.Token); // the client refuses what the strict reader does

        Assert.EndsWith(".caller.a_2___.__default", job.Message["variables"]!["system.orchestrationId"]!["value"]!.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Spoiled => new()
    {
        // member                                          value                                       what is said
        { "contextData.inputs",                              "null",                                     "contextData.inputs must be a dictionary" },
        { "contextData.github",                              "null",                                     "contextData.github must be a dictionary" },
        { "variables.system~orchestrationId.value",          "\"p.a[1].__default\"",                     "no token of RFC 9110" },
        { "variables.system~orchestrationId.value",          "\"p.caller/a.__default\"",                 "no token of RFC 9110" },
        { "variables.system~github~results_upload_with_sdk", "null",                                     "must be an object" },
        { "variables.system~github~launch_endpoint",         "{}",                                       "is no address" },
        { "plan",                                            "null",                                     "message.plan must be an object" },
        { "timeline",                                        "{}",                                       "timeline.id must be a GUID" },
        { "steps",                                           "null",                                     "message.steps must be a list" },
        { "steps",                                           "[null]",                                   "steps[0] must be an object" },
        { "steps",                                           "[{\"type\":\"task\"}]",                    "unknown type 'task'" },
        { "environmentVariables",                            "[\"A=1\"]",                                "environmentVariables[0] must be a mapping" },
        { "defaults",                                        "[{\"type\":9}]",                           "unknown kind" },
        { "resources",                                       "{\"endpoints\":[]}",                       "SystemVssConnection once" },
    };

    // A reader that takes everything would prove nothing.
    [Theory(Timeout = 60_000), MemberData(nameof(Spoiled))]
    public async Task What_ends_a_job_on_githubs_runner_is_refused(string member, string value, string complaint)
    {
        await using var emulator = await TestEmulator.StartAsync();
        emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = "on: push\njobs: {a: {runs-on: self-hosted, steps: [{run: id}]}}" });
        var message = (await (await emulator.OnlineRunnerAsync()).TakeJobAsync(TestEmulator.Token)).Message;
        var path = member.Split('.').Select(part => part.Replace('~', '.')).ToArray();
        var parent = path[..^1].Aggregate<string, JsonNode>(message, (node, name) => node[name]!);
        parent[path[^1]] = JsonNode.Parse(value);

        var problems = StrictJobMessage.Problems(TestEmulator.Json(message.ToJsonString()));

        Assert.Contains(problems, problem => problem.Contains(complaint, StringComparison.Ordinal));
    }

    private static string Json(WorkflowRequest request) => JsonSerializer.Serialize(request, RunJson.Default.WorkflowRequest);

    /// <summary>Takes and completes all jobs of a run, each by a runner of its own, and says how many there were.</summary>
    private static async Task<int> TakeAllAsync(TestEmulator emulator, long run)
    {
        var taken = 0;
        while (emulator.Server.FindRun(run) is { Conclusion: null } state && state.Jobs.FirstOrDefault(job => job.Status == JobStatus.Queued) is { } queued)
        {
            var runner = await emulator.OnlineRunnerAsync($"runner-{run}-{++taken}", [.. queued.Labels]);
            var job = await runner.TakeJobAsync(TestEmulator.Token);
            using var completed = await job.CompleteAsync(TestEmulator.Token);
            completed.EnsureSuccessStatusCode();
        }

        Assert.NotNull(emulator.Server.FindRun(run)?.Conclusion);
        return taken;
    }
}
