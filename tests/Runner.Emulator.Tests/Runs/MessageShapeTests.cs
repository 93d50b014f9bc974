using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Emulator.Runs;
using Runner.Testing;

namespace Runner.Emulator.Tests.Runs;

/// <summary>
/// What GitHub's listener and worker read of a job without asking whether it is there (JobDispatcher, JobRunner, ExecutionContext,
/// JobExtension and the step converter of runner 2.336): each of these ends the worker where it is missing.
/// </summary>
public sealed class MessageShapeTests
{
    private const string Workflow = """
        name: Shapes
        on: push
        env: {WORKFLOW: one}
        defaults: {run: {shell: bash}}
        jobs:
          build:
            runs-on: self-hosted
            env: {JOB: two}
            outputs: {v: '${{ steps.first.outputs.v }}'}
            steps:
              - id: first
                name: Say ${{ github.actor }}
                run: echo one
                timeout-minutes: 5
              - uses: acme/tools/lint@v1
                with: {level: 3}
                if: failure()
                continue-on-error: true
              - uses: ./local
              - uses: docker://alpine:3
        """;

    [Fact(Timeout = 60_000)]
    public async Task A_message_has_all_that_is_read_unseen()
    {
        await using var emulator = await TestEmulator.StartAsync();
        emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = Workflow });

        var job = await (await emulator.OnlineRunnerAsync()).TakeJobAsync(TestEmulator.Token);
        var message = job.Message;

        Assert.Equal("RunnerJobRequest", message["messageType"]!.ToString());
        Assert.NotEqual(Guid.Empty, Guid.Parse(message["timeline"]!["id"]!.ToString()));
        Assert.NotEqual(Guid.Empty, Guid.Parse(message["jobId"]!.ToString()));
        Assert.Equal("build", message["jobDisplayName"]!.ToString());
        Assert.True(Guid.TryParse(message["plan"]!["scopeIdentifier"]!.ToString(), out _));
        Assert.NotEmpty(message["plan"]!["planType"]!.ToString());
        Assert.True((int)message["plan"]!["version"]! >= 8, "below 8 the listener finishes the request by a V1 call");
        Assert.Equal("OAuth", job.Connection["authorization"]!["scheme"]!.ToString());
        Assert.Equal(3, job.Token.Split('.').Length);
        Assert.StartsWith("ws://", job.FeedUrl.AbsoluteUri, StringComparison.Ordinal);
        Assert.NotEmpty(message["variables"]!["system.github.token"]!["value"]!.ToString());
        Assert.NotEmpty(GitHub(message, "repository"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Members_of_github_have_the_types_that_GitHub_gives_them()
    {
        await using var emulator = await TestEmulator.StartAsync();
        emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = Workflow });

        var job = await (await emulator.OnlineRunnerAsync()).TakeJobAsync(TestEmulator.Token);
        var members = job.Message["contextData"]!["github"]!["d"]!.AsArray().Select(entry => (Name: entry!["k"]!.ToString(), Kind: KindOf(entry["v"]!))).ToList();

        Assert.Contains("ref_protected", members.Select(member => member.Name));
        Assert.All(members, member => Assert.Equal((member.Name, ContextTypes.OfGitHub(member.Name)), member));
    }

    [Fact(Timeout = 60_000)]
    public async Task Context_job_is_sent_with_what_the_server_knows()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var queued = emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = Workflow, Repository = "acme/app", Ref = "refs/heads/main", Sha = new string('1', 40) });

        var job = await (await emulator.OnlineRunnerAsync()).TakeJobAsync(TestEmulator.Token);
        var given = job.Message["contextData"]!["job"]!["d"]!.AsArray().ToDictionary(entry => entry!["k"]!.ToString(), entry => entry!["v"]!);

        Assert.Equal(JsonValueKind.Number, given["check_run_id"].GetValueKind());
        Assert.Equal(emulator.Server.FindJob(queued.Jobs[0].Id)!.Number, (long)given["check_run_id"].GetValue<double>());
        Assert.Equal("acme/app", given["workflow_repository"].ToString());
        Assert.Equal(new string('1', 40), given["workflow_sha"].ToString());
        Assert.Equal($"acme/app/{given["workflow_file_path"]}@refs/heads/main", given["workflow_ref"].ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Context_job_of_a_message_written_by_hand_has_its_number_too()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();

        var given = job.Message["contextData"]!["job"]!["d"]!.AsArray().Single()!;

        Assert.Equal("check_run_id", given["k"]!.ToString());
        Assert.True((double)given["v"]! >= 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Steps_have_the_forms_that_the_step_converter_knows()
    {
        await using var emulator = await TestEmulator.StartAsync();
        emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = Workflow });

        var job = await (await emulator.OnlineRunnerAsync()).TakeJobAsync(TestEmulator.Token);
        var steps = job.Message["steps"]!.AsArray().Select(step => step!.AsObject()).ToList();

        Assert.All(steps, step => Assert.Equal("action", step["type"]!.ToString()));
        Assert.All(steps, step => Assert.NotEqual(Guid.Empty, Guid.Parse(step["id"]!.ToString())));
        Assert.All(steps, step => Assert.NotEmpty(step["contextName"]!.ToString()));
        Assert.Equal(["success()", "failure()", "success()", "success()"], steps.Select(step => step["condition"]!.ToString()));
        Assert.Equal(
            ["script", "repository acme/tools v1 lint GitHub", "repository   local self", "containerRegistry alpine:3"],
            steps.Select(step => Reference(step["reference"]!.AsObject())));
    }

    private static string? KindOf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String => ContextTypes.Text,
        JsonValueKind.True or JsonValueKind.False => ContextTypes.Boolean,
        JsonValueKind.Number => ContextTypes.Number,
        _ => ContextTypes.Object,
    };

    private static string Reference(JsonObject reference) => reference["type"]!.ToString() switch
    {
        "repository" => $"repository {reference["name"]} {reference["ref"]} {reference["path"]?.ToString().Replace("./", string.Empty, StringComparison.Ordinal)} {reference["repositoryType"]}",
        "containerRegistry" => $"containerRegistry {reference["image"]}",
        var other => other,
    };

    private static string GitHub(JsonObject message, string name) => message["contextData"]!["github"]!["d"]!.AsArray()
        .Single(entry => entry!["k"]!.ToString() == name)!["v"]!.ToString();
}
