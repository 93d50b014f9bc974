using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Emulator.Tests.Clients;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Tests.Rest;

/// <summary>Runs are cancelled and run again by GitHub's REST routes, with its refusals.</summary>
public sealed class WorkflowRunTests
{
    private const string Workflow = """
        on: push
        jobs:
          good: {runs-on: self-hosted, outputs: {v: x}, steps: [{run: id}]}
          bad: {runs-on: self-hosted, steps: [{run: id}]}
          after: {needs: [good, bad], runs-on: self-hosted, steps: [{run: 'echo ${{ needs.good.outputs.v }}'}]}
        """;

    [Fact(Timeout = 60_000)]
    public async Task Failed_jobs_run_again_with_those_that_need_them_and_the_results_of_the_others()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var run = await FailedRunAsync(emulator);

        Assert.Equal("201", await PostAsync(emulator, $"runs/{run}/rerun-failed-jobs"));
        var bad = await TakeAsync(emulator, "bad");
        using var completed = await bad.CompleteAsync(TestEmulator.Token);
        var after = await TakeAsync(emulator, "after");

        Assert.Contains("\"run_attempt\",\"v\":\"2\"", after.Message.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("\"k\":\"v\",\"v\":\"one\"", after.Message["contextData"]!["needs"]!.ToJsonString(), StringComparison.Ordinal);
        using var ended = await after.CompleteAsync(TestEmulator.Token);
        var info = emulator.Server.FindRun(run)!;
        Assert.Equal((2, Conclusion.Succeeded), (info.Attempt, info.Conclusion));
        Assert.Equal(["after", "bad", "good"], (await NamesAsync(emulator, run, "latest")).Order());
        Assert.Equal(["after", "bad", "bad", "good"], (await NamesAsync(emulator, run, "all")).Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task One_job_and_all_jobs_run_again()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var run = await FailedRunAsync(emulator);
        var good = emulator.Server.FindRun(run)!.Job("good");

        Assert.Equal("201", await PostAsync(emulator, $"jobs/{good.Number}/rerun"));
        using var first = await (await TakeAsync(emulator, "good")).CompleteAsync(TestEmulator.Token);
        await emulator.Server.WaitForRunAsync(run, TestEmulator.Token);
        Assert.Equal("201", await PostAsync(emulator, $"runs/{run}/rerun"));

        Assert.Equal(["good", "bad"], emulator.Server.FindRun(run)!.Jobs.Where(job => job.Status == JobStatus.Queued).Select(job => job.Key));
        Assert.Equal(3, emulator.Server.FindRun(run)!.Attempt);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_cannot_be_run_again_or_cancelled_is_refused_in_githubs_words()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        var run = emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = "on: push\njobs: {a: {runs-on: self-hosted, steps: [{run: id}]}}", Repository = "emulator/app" }).Id;

        Assert.Equal("403 This workflow is already running", await PostAsync(emulator, $"runs/{run}/rerun-failed-jobs"));
        using var completed = await (await TakeAsync(emulator, "a")).CompleteAsync(TestEmulator.Token);
        Assert.Equal("403 This workflow run cannot be retried", await PostAsync(emulator, $"runs/{run}/rerun-failed-jobs"));
        Assert.Equal("409 Cannot cancel a workflow run that is completed.", await PostAsync(emulator, $"runs/{run}/cancel"));
        Assert.Equal("409 Cannot cancel a workflow run that is completed.", await PostAsync(emulator, $"runs/{run}/force-cancel"));
        Assert.Equal("404 Not Found", await PostAsync(emulator, "runs/99/cancel"));
        Assert.Equal("404 Not Found", await PostAsync(emulator, "jobs/99/rerun"));
        time.Advance(TimeSpan.FromDays(31));
        Assert.StartsWith("403 Unable to retry", await PostAsync(emulator, $"runs/{run}/rerun"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cancel_waits_for_the_runner_and_one_by_force_does_not()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var run = emulator.Server.QueueWorkflow(new WorkflowRequest
        {
            Workflow = "on: push\njobs: {a: {runs-on: self-hosted, steps: [{run: id}]}, b: {needs: a, if: always(), runs-on: self-hosted, steps: [{run: id}]}}", Repository = "emulator/app",
        }).Id;
        var job = await TakeAsync(emulator, "a");

        Assert.Equal("202", await PostAsync(emulator, $"runs/{run}/cancel"));
        var waiting = emulator.Server.FindRun(run)!.Conclusion;
        Assert.Equal("202", await PostAsync(emulator, $"runs/{run}/force-cancel"));

        Assert.Null(waiting);
        Assert.Equal(Conclusion.Canceled, emulator.Server.FindRun(run)!.Conclusion);
        using var late = await job.CompleteAsync(TestEmulator.Token);
        Assert.Equal(404, (int)late.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_jobs_own_token_reads_runs_and_changes_none()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var run = emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = Workflow, Repository = "emulator/app" }).Id;
        var job = await TakeAsync(emulator, "good");
        var token = job.Message["variables"]!["system.github.token"]!["value"]!.ToString();

        using var read = await emulator.GetAsync($"repos/emulator/app/actions/runs/{run}", token);
        using var cancel = await emulator.PostAsync($"repos/emulator/app/actions/runs/{run}/cancel", "{}", token);
        using var register = await emulator.PostAsync("orgs/emulator/actions/runners/registration-token", "{}", token);
        using var completed = await job.CompleteAsync(TestEmulator.Token);
        using var after = await emulator.GetAsync($"repos/emulator/app/actions/runs/{run}", token);

        Assert.Equal([200, 403, 403, 401], [.. new[] { read, cancel, register, after }.Select(answer => (int)answer.StatusCode)]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Runs_are_listed_by_status_and_page_by_page()
    {
        await using var emulator = await TestEmulator.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = Workflow, Repository = "emulator/app" });
        }

        var first = await TakeAsync(emulator, "good");

        Assert.Equal("3: 3 2 1", await RunsAsync(string.Empty));
        Assert.Equal("2: 3 2", await RunsAsync("?status=queued"));
        Assert.Equal("1: 1", await RunsAsync("?status=in_progress"));
        Assert.Equal("3: 1", await RunsAsync("?per_page=2&page=2"));
        using var completed = await first.CompleteAsync(TestEmulator.Token);

        async Task<string> RunsAsync(string query)
        {
            using var answer = await emulator.GetAsync("repos/emulator/app/actions/runs" + query);
            var list = await OfficialRunner.ReadAsync(answer, TestEmulator.Token);
            return $"{list["total_count"]}: {string.Join(' ', list["workflow_runs"]!.AsArray().Select(run => run!["id"]!.ToString()))}";
        }
    }

    private static async Task<long> FailedRunAsync(TestEmulator emulator)
    {
        var run = emulator.Server.QueueWorkflow(new WorkflowRequest { Workflow = Workflow, Repository = "emulator/app" }).Id;
        using var good = await (await TakeAsync(emulator, "good")).CompleteAsync(TestEmulator.Token, further: ",\"outputs\":{\"v\":{\"value\":\"one\"}}");
        using var bad = await (await TakeAsync(emulator, "bad")).CompleteAsync(TestEmulator.Token, "failed");
        await emulator.Server.WaitForRunAsync(run, TestEmulator.Token);
        return run;
    }

    private static async Task<OfficialJob> TakeAsync(TestEmulator emulator, string key)
    {
        var job = await (await emulator.OnlineRunnerAsync($"runner-{Guid.NewGuid():N}")).TakeJobAsync(TestEmulator.Token);
        Assert.Equal(key, job.Message["jobName"]!.ToString());
        return job;
    }

    private static async Task<string> PostAsync(TestEmulator emulator, string route)
    {
        using var answer = await emulator.PostAsync("api/v3/repos/emulator/app/actions/" + route, null);
        var text = await answer.Content.ReadAsStringAsync(TestEmulator.Token);
        return answer.IsSuccessStatusCode ? $"{(int)answer.StatusCode}" : $"{(int)answer.StatusCode} {JsonNode.Parse(text)!["message"]}";
    }

    private static async Task<IEnumerable<string>> NamesAsync(TestEmulator emulator, long run, string filter)
    {
        using var answer = await emulator.GetAsync($"repos/emulator/app/actions/runs/{run}/jobs?filter={filter}");
        return (await OfficialRunner.ReadAsync(answer, TestEmulator.Token))["jobs"]!.AsArray().Select(job => job!["name"]!.ToString()).ToList();
    }
}
