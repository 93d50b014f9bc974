using System.Net;
using System.Text.Json.Nodes;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Emulator.Tests.Clients;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Tests.Runs;

/// <summary>What runs of one repository have to do with each other and with its events: filters, concurrency groups, called workflows.</summary>
public sealed class RepositoryRunTests : IDisposable
{
    private const string Deploy = """
        name: Deploy
        on: push
        concurrency: {group: deploy, cancel-in-progress: CANCEL}
        jobs:
          go:
            runs-on: self-hosted
            steps: [{run: echo}]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("emulator-runs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    // on                                        event           ref                 why not
    [InlineData("push",                          "pull_request", "refs/heads/main",  "event 'pull_request' is not in on: push")]
    [InlineData("{push: {branches: [main]}}",    "push",         "refs/heads/topic", "branch 'topic'")]
    [InlineData("{push: {tags: ['v*']}}",        "push",         "refs/heads/main",  "main")]
    public async Task An_event_that_does_not_run_the_workflow_is_refused_with_the_reason(string on, string name, string reference, string reason)
    {
        await using var emulator = await TestEmulator.StartAsync();
        var workflow = $"on: {on}\njobs:\n  go:\n    runs-on: self-hosted\n    steps: [{{run: echo}}]\n";

        var problem = Assert.Throws<WorkflowException>(() => emulator.Server.QueueWorkflow(
            new WorkflowRequest { Workflow = workflow, Path = "ci.yml", Event = name, Ref = reference }));

        Assert.StartsWith("ci.yml does not run: ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Runs_of_one_concurrency_group_wait_for_each_other_those_of_another_repository_do_not()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var workflow = new WorkflowRequest { Workflow = Deploy.Replace("CANCEL", "false", StringComparison.Ordinal) };
        var first = emulator.Server.QueueWorkflow(workflow);

        var second = emulator.Server.QueueWorkflow(workflow);
        var elsewhere = emulator.Server.QueueWorkflow(workflow with { Repository = "acme/other" });
        var before = StatusOf(emulator, second.Id);
        var job = await TakeAsync(emulator, "one");
        using var ended = await job.CompleteAsync(TestEmulator.Token);
        await emulator.Server.WaitForRunAsync(first.Id, TestEmulator.Token);

        Assert.Equal(JobStatus.Pending, before);
        Assert.Equal(JobStatus.Queued, StatusOf(emulator, elsewhere.Id));
        Assert.Equal(JobStatus.Queued, StatusOf(emulator, second.Id));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_run_that_cancels_its_group_cancels_the_job_that_runs_and_takes_its_turn()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var workflow = new WorkflowRequest { Workflow = Deploy.Replace("CANCEL", "true", StringComparison.Ordinal) };
        var first = emulator.Server.QueueWorkflow(workflow);
        var runner = await emulator.OnlineRunnerAsync("one");
        var job = await runner.TakeJobAsync(TestEmulator.Token);

        var second = emulator.Server.QueueWorkflow(workflow);
        var message = await runner.PollAsync(TestEmulator.Token, status: "Busy");
        using var ended = await job.CompleteAsync(TestEmulator.Token, "canceled");
        var cancelled = await emulator.Server.WaitForRunAsync(first.Id, TestEmulator.Token);

        Assert.Equal("JobCancellation", OfficialRunner.Text(message!, "messageType"));
        Assert.Equal(Conclusion.Canceled, cancelled.Conclusion);
        Assert.Equal(JobStatus.Queued, StatusOf(emulator, second.Id));
    }

    [Fact(Timeout = 60_000)]
    public async Task Workflows_are_called_from_the_request_and_from_repositories_of_the_options()
    {
        var remote = Directory.CreateDirectory(Path.Combine(_folder, "acme", "shared", ".github", "workflows")).FullName;
        await File.WriteAllTextAsync(Path.Combine(remote, "lint.yml"), Called("lint"), TestEmulator.Token);
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { ActionsFolder = _folder });
        const string caller = """
            on: push
            jobs:
              near: {uses: ./.github/workflows/build.yml}
              far: {uses: acme/shared/.github/workflows/lint.yml@v1}
            """;

        using var answer = await emulator.PostAsync(
            "emulator/runs",
            new JsonObject { ["workflow"] = caller, ["files"] = new JsonObject { [".github/workflows/build.yml"] = Called("build") } }.ToJsonString(),
            token: null);
        var run = await OfficialRunner.ReadAsync(answer, TestEmulator.Token);
        using var lost = await emulator.PostAsync(
            "emulator/runs", new JsonObject { ["workflow"] = "on: push\njobs: {far: {uses: acme/lost/.github/workflows/x.yml@v1}}" }.ToJsonString(), token: null);

        Assert.Equal(["near / build", "far / lint"], run["jobs"]!.AsArray().Select(job => job!["name"]!.ToString()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, lost.StatusCode);
        Assert.Contains("start it with --action acme/lost=PATH", await lost.Content.ReadAsStringAsync(TestEmulator.Token), StringComparison.Ordinal);
    }

    private static string Called(string job) =>
        $"on: workflow_call\njobs:\n  {job}:\n    runs-on: self-hosted\n    steps: [{{run: echo}}]\n";

    private static JobStatus StatusOf(TestEmulator emulator, long run) => emulator.Server.FindRun(run)!.Jobs.Single().Status; // it was queued

    private static async Task<OfficialJob> TakeAsync(TestEmulator emulator, string name) =>
        await (await emulator.OnlineRunnerAsync(name)).TakeJobAsync(TestEmulator.Token);
}
