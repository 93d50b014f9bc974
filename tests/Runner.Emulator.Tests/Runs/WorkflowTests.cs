using System.Net;
using System.Text.Json.Nodes;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Emulator.Tests.Clients;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;

namespace Runner.Emulator.Tests.Runs;

public sealed class WorkflowTests
{
    private const string Chain = """
        name: Chain
        on: push
        jobs:
          build:
            runs-on: self-hosted
            outputs:
              v: ${{ steps.one.outputs.v }}
            steps:
              - id: one
                run: echo v=1 >> $GITHUB_OUTPUT
          test:
            needs: build
            runs-on: self-hosted
            steps:
              - run: echo ${{ needs.build.outputs.v }}
          clean:
            needs: test
            if: always()
            runs-on: self-hosted
            steps:
              - run: echo clean
          release:
            needs: test
            runs-on: self-hosted
            steps:
              - run: echo release
        """;

    [Fact(Timeout = 60_000)]
    public async Task Jobs_follow_those_they_need_and_get_their_outputs()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var queued = await emulator.PostAsync(
            "emulator/runs", new JsonObject { ["workflow"] = Chain, ["event"] = "push", ["repository"] = "acme/app" }.ToJsonString(), token: null);
        var run = (long)(await OfficialRunner.ReadAsync(queued, TestEmulator.Token))["id"]!;
        Assert.Equal(
            ["build Queued", "test Pending", "clean Pending", "release Pending"],
            emulator.Server.FindRun(run)!.Jobs.Select(job => $"{job.Key} {job.Status}"));

        var build = await TakeAsync(emulator, "one");
        using var built = await build.CompleteAsync(TestEmulator.Token, further: ""","outputs":{"v":{"value":"42"}}""");
        var test = await TakeAsync(emulator, "two");
        var needs = test.Message["contextData"]!["needs"]!.ToJsonString();
        using var tested = await test.CompleteAsync(TestEmulator.Token, "failed");
        var clean = await TakeAsync(emulator, "three");
        using var cleaned = await clean.CompleteAsync(TestEmulator.Token);

        Assert.Equal("build test clean", $"{build.Message["jobName"]} {test.Message["jobName"]} {clean.Message["jobName"]}");
        Assert.Contains("42", needs, StringComparison.Ordinal);
        var ended = await emulator.Server.WaitForRunAsync(run, TestEmulator.Token);
        Assert.Equal(Conclusion.Failed, ended.Conclusion);
        Assert.Equal(
            [Conclusion.Succeeded, Conclusion.Failed, Conclusion.Succeeded, Conclusion.Skipped],
            [.. ended.Jobs.Select(job => job.Conclusion ?? Conclusion.Abandoned)]);
        Assert.Equal("Chain", ended.Name);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_message_holds_what_GitHubs_worker_needs()
    {
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions
        {
            Secrets = new Dictionary<string, Secret> { ["SHARED"] = new("from options"), ["OWN"] = new("hidden") },
        });
        emulator.Server.QueueWorkflow(new WorkflowRequest
        {
            Workflow = Chain,
            Repository = "acme/app",
            Payload = TestEmulator.Json("""{"head_commit":{"message":"hi"}}"""),
            Secrets = new Dictionary<string, string> { ["OWN"] = "s3cr3t" },
        });

        var job = await TakeAsync(emulator, "one");

        Assert.Equal("RunnerJobRequest", job.Message["messageType"]!.ToString());
        Assert.NotNull(job.Message["timeline"]!["id"]);
        var variables = job.Message["variables"]!.AsObject();
        Assert.Equal("s3cr3t True", $"{variables["OWN"]!["value"]} {(bool)variables["OWN"]!["isSecret"]!}");
        Assert.Equal("from options", variables["SHARED"]!["value"]!.ToString());
        Assert.Equal(emulator.Server.Url, job.Results);
        var github = job.Message["contextData"]!["github"]!["d"]!.AsArray().ToDictionary(entry => entry!["k"]!.ToString(), entry => entry!["v"]);
        Assert.Equal("acme/app refs/heads/main main push", $"{github["repository"]} {github["ref"]} {github["ref_name"]} {github["event_name"]}");
        Assert.Contains("hi", github["event"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal($"http://github.localhost:{emulator.Server.Url.Port}", github["server_url"]!.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_that_no_runner_fits_stays_queued_and_says_so()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.OnlineRunnerAsync("runner", "self-hosted");

        var run = emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = Chain.Replace("runs-on: self-hosted", "runs-on: [self-hosted, gpu]", StringComparison.Ordinal) });
        var before = run.Job("build");
        emulator.NewRunner("gpu-runner", "self-hosted", "gpu");
        var after = emulator.Server.FindRun(run.Id)!.Job("build");

        Assert.Equal((JobStatus.Queued, true), (before.Status, before.IsUnmatched));
        Assert.Equal((JobStatus.Queued, false), (after.Status, after.IsUnmatched));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cancelled_run_ends_its_jobs_but_for_those_that_always_run()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var run = emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = Chain });
        var build = await TakeAsync(emulator, "one");

        using var cancelled = await emulator.PostAsync($"emulator/runs/{run.Id}/cancel", "{}", token: null);
        using var built = await build.CompleteAsync(TestEmulator.Token, "canceled");
        var clean = await TakeAsync(emulator, "two");
        using var cleaned = await clean.CompleteAsync(TestEmulator.Token);

        Assert.Equal(HttpStatusCode.Accepted, cancelled.StatusCode);
        var ended = await emulator.Server.WaitForRunAsync(run.Id, TestEmulator.Token);
        Assert.Equal(Conclusion.Canceled, ended.Conclusion);
        Assert.Equal(Conclusion.Succeeded, ended.Job("clean").Conclusion);
        Assert.Equal(Conclusion.Canceled, ended.Job("release").Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_workflow_that_cannot_run_is_refused_with_all_that_is_wrong()
    {
        await using var emulator = await TestEmulator.StartAsync();
        const string broken = "on: push\njobs:\n  build:\n    runs-on: self-hosted\n    needs: nobody\n    steps:\n      - runn: echo\n";

        var problem = Assert.Throws<WorkflowException>(() => emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = broken, Path = "ci.yml" }));
        using var answer = await emulator.PostAsync("emulator/runs", new JsonObject { ["workflow"] = broken }.ToJsonString(), token: null);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("ci.yml (Line: 7", problem.Message, StringComparison.Ordinal);
        Assert.Contains("nobody", problem.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Only_the_latest_runs_are_kept()
    {
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { KeptRuns = 1 });
        var (_, first) = await emulator.RunningJobAsync("one");
        var old = new Runner.Jobs.JobId(Guid.Parse(first.JobId));
        await first.UploadLogAsync(null, "old\n", 1, TestEmulator.Token);
        using var ended = await first.CompleteAsync(TestEmulator.Token);
        Assert.NotNull(emulator.Server.FindJob(old));

        var (_, second) = await emulator.RunningJobAsync("two");
        using var endedToo = await second.CompleteAsync(TestEmulator.Token);

        Assert.Null(emulator.Server.FindJob(old));
        Assert.Null(await emulator.Server.ReadLogAsync(old, TestEmulator.Token));
        Assert.NotNull(emulator.Server.FindJob(new Runner.Jobs.JobId(Guid.Parse(second.JobId))));
    }

    private static async Task<OfficialJob> TakeAsync(TestEmulator emulator, string name) =>
        await (await emulator.OnlineRunnerAsync(name)).TakeJobAsync(TestEmulator.Token);
}
