using Runner.Execution.Hosting;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests.Hooks;

public sealed class JobHookTests
{
    private const string Started = "ACTIONS_RUNNER_HOOK_JOB_STARTED";
    private const string Completed = "ACTIONS_RUNNER_HOOK_JOB_COMPLETED";

    [Fact(Timeout = 60_000)]
    public async Task Hooks_run_before_the_first_and_after_the_last_step_as_steps_of_their_own()
    {
        using var job = new TestJob().WithAction("acme/x/action.yml", "runs: { using: node20, pre: a.js, main: a.js, post: a.js }").WithAction("acme/x/a.js", "");
        var started = Hook(job, Started, "started.sh", "echo before in $(pwd); echo \"FROM_HOOK=yes\" >> $GITHUB_ENV");
        Hook(job, Completed, "completed.sh", "echo after $GITHUB_RUN_ID");

        await job.RunAsync(Some.Using("acme/x@v1"), Some.Script("echo $FROM_HOOK"));

        Assert.Equal(
            ["Set up runner", "Pre Run acme/x@v1", "Run acme/x@v1", "Run echo $FROM_HOOK", "Post Run acme/x@v1", "Complete runner"],
            job.Steps.Select(step => step.Name));
        Assert.Equal(
            [
                "A job started hook has been configured by the self-hosted runner administrator", $"##[group]Run '{started}'",
                $"shell: /usr/bin/bash -e {started}", "##[endgroup]", $"before in {job.Paths.Workspace}",
            ],
            job.LinesOf("Set up runner"));
        Assert.Equal(["yes"], job.OutputOf("Run echo $FROM_HOOK"));
        Assert.Equal(("runner", "set_up_runner"), (job.Steps[0].Type, job.Steps[0].ActionName));
        Assert.True(job.Steps[^1].Number > job.Steps[^2].Number);
    }

    [Fact(Timeout = 60_000)]
    public async Task Hook_before_the_job_that_fails_fails_the_job_and_the_one_after_still_runs()
    {
        using var job = new TestJob();
        Hook(job, Started, "started.sh", "false; echo never");
        Hook(job, Completed, "completed.sh", "echo after");

        await job.RunAsync(Some.Script("echo never"), Some.Script("echo always", condition: "always()"));

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Equal(
            [Conclusion.Failed, Conclusion.Skipped, Conclusion.Succeeded, Conclusion.Succeeded], job.Steps.Select(step => step.Conclusion));
        Assert.Equal("##[error]Process completed with exit code 1.", job.LinesOf("Set up runner")[^1]);
        Assert.Equal("after", job.LinesOf("Complete runner")[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Hook_after_the_job_that_fails_fails_the_job()
    {
        using var job = new TestJob();
        Hook(job, Completed, "completed.sh", "exit 4");

        await job.RunAsync(Some.Script("true"));

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task Hook_sees_the_run_but_neither_variables_nor_tokens_of_the_workflow()
    {
        using var job = new TestJob();
        Hook(job, Completed, "completed.sh", "echo \"[$OF_WORKFLOW] [$OF_STEP] [$ACTIONS_ID_TOKEN_REQUEST_TOKEN] [$RUNNER_NAME] [$GITHUB_ACTIONS]\"");

        await job.RunAsync(Some.Job() with
        {
            EnvironmentVariables = [Some.Texts(("OF_WORKFLOW", "1"), (Completed, "/not/this.sh"))],
            Steps = [Some.Script("echo OF_STEP=1 >> $GITHUB_ENV")],
        });

        Assert.Equal("[] [] [] [test-runner] [true]", job.LinesOf("Complete runner")[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Hook_can_be_JavaScript()
    {
        using var job = new TestJob();
        Hook(job, Started, "started.js", "console.log('from node', process.argv.length)");

        await job.RunAsync(Some.Script("true"));

        Assert.Equal("from node 2", job.LinesOf("Set up runner")[^1]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("/none/of/this.sh", "'/none/of/this.sh' does not exist. Expected the absolute path of a script where the job runs")]
    [InlineData("relative.sh", "'relative.sh' does not exist. Expected the absolute path of a script where the job runs")]
    [InlineData("/bin/true", "'' is no kind of hook. Expected a file that ends with .sh, .ps1 or .js")]
    public async Task Hook_that_cannot_run_fails_the_job_and_says_why(string file, string message)
    {
        using var job = new TestJob();
        job.Environment[Started] = file;

        await job.RunAsync(Some.Script("echo never"));

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Equal($"##[error]{Started}: {message}", job.LinesOf("Set up runner")[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancelled_job_still_runs_the_hook_after_it()
    {
        using var job = new TestJob();
        Hook(job, Completed, "completed.sh", "echo after");
        var running = job.RunAsync(Some.Script("trap 'exit 9' INT; echo ready; while :; do sleep 0.01; done"));
        await job.Reporter.Seen(line => line == "ready").WaitAsync(TestContext.Current.CancellationToken);

        job.Cancellation.Cancel(CancelReason.User);
        await running;

        Assert.Equal(Conclusion.Canceled, job.Result?.Conclusion);
        Assert.Equal("after", job.LinesOf("Complete runner")[^1]);
    }

    private static string Hook(TestJob job, string variable, string name, string text)
    {
        var file = Path.Combine(job.Folder, name);
        File.WriteAllText(file, text);
        job.Environment[variable] = file;
        return file;
    }
}
