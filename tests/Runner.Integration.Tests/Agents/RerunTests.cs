using Runner.Agent.Configuration;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Agents;

/// <summary>Jobs whose place was taken away are run again over the emulator's REST interface, by this agent or the next.</summary>
public sealed class RerunTests
{
    private const int Limit = 90_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Job_whose_worker_was_killed_is_run_again_alone_once_its_run_has_ended()
    {
        await using var test = await AgentOnHost.StartAsync(DyingOnce, Token, WithReruns);

        var run = await EndedAsync(test, Queue(test), attempt: 2);

        Assert.Equal(Conclusion.Succeeded, run.Conclusion);
        var lost = Assert.Single(run.EarlierJobs, job => job.Conclusion == Conclusion.Failed);
        Assert.EndsWith("The runner runs this job again once the workflow run has ended (re-run 1 of at most 1)", lost.Annotations.Single().Message, StringComparison.Ordinal);
        Assert.Contains("This job is run again, as attempt 1 was lost (its worker died)", await test.Emulator.ReadLogAsync(run.Job("lost").Id, Token), StringComparison.Ordinal);
        await Until.TrueAsync(() => Notes(test).Length == 0, Token);
    }

    [Fact(Timeout = Limit)]
    public async Task Rerun_is_asked_for_by_the_next_agent_where_the_first_one_is_gone_before_the_run_ended()
    {
        await using var test = await AgentOnHost.StartAsync(DyingOnce, Token, WithReruns);
        var go = Path.Combine(test.Folder, "go");
        var queued = Queue(test, other: $"while [ ! -e {go} ]; do sleep 0.05; done"); // the run does not end before
        await Until.TrueAsync(() => Notes(test).Length == 1 && test.Emulator.FindRun(queued.Id)!.Jobs.Any(job => job.Conclusion == Conclusion.Failed), Token);

        await test.StopAgentAsync();
        await test.StartAgentAsync(Token, WithReruns);
        await File.WriteAllTextAsync(go, string.Empty, Token);

        Assert.Equal(Conclusion.Succeeded, (await EndedAsync(test, queued, attempt: 2)).Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_that_was_cancelled_is_not_run_again()
    {
        await using var test = await AgentOnHost.StartAsync(DyingOnce, Token, WithReruns);
        var queued = Queue(test, other: "sleep 60");
        await Until.TrueAsync(() => Notes(test).Length == 1, Token);

        test.Emulator.CancelRun(queued.Id);
        await EndedAsync(test, queued, attempt: 1);

        await Until.TrueAsync(() => test.Logs.Any(line => line.Contains("Warning 1232", StringComparison.Ordinal)), Token);
        Assert.Equal(1, test.Emulator.FindRun(queued.Id)?.Attempt);
        Assert.Empty(Notes(test));
    }

    private static void WithReruns(AgentOptions options)
    {
        options.Pools[0].Rerun = new RerunOptions { On = [RerunCause.WorkerDied] };
        options.Agent.DrainTimeout = TimeSpan.Zero;
        options.Agent.StateFolder = Path.Combine(options.Host.Root!, "..", "state"); // set by AgentOnHost
    }

    // A worker that is killed in the first attempt of the job "lost", else the real one.
    private static string DyingOnce(string folder) => TestWorker.Script(folder, $$"""
        case "$payload" in *'"jobDisplayName":"lost"'*'"run_attempt","v":"1"'*|*'"run_attempt","v":"1"'*'"jobDisplayName":"lost"'*) kill -9 $$;; esac
        exec {{TestWorker.Real()}} "$@" < <(printf '%s' "$payload")
        """);

    private static RunInfo Queue(AgentOnHost test, string other = "true") => test.Emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = $$"""
            on: push
            jobs:
              lost: {runs-on: self-hosted, steps: [{run: "echo attempt $GITHUB_RUN_ATTEMPT"}]}
              other: {runs-on: self-hosted, steps: [{run: "{{other}}"}]}
            """,
        Repository = "acme/app",
    });

    private static async Task<RunInfo> EndedAsync(AgentOnHost test, RunInfo run, int attempt)
    {
        await Until.TrueAsync(() => test.Emulator.FindRun(run.Id) is { Conclusion: not null } found && found.Attempt == attempt, Token);
        return test.Emulator.FindRun(run.Id)!; // it was there
    }

    private static string[] Notes(AgentOnHost test) =>
        Directory.Exists(Path.Combine(test.Folder, "state")) ? Directory.GetFiles(Path.Combine(test.Folder, "state"), "*.note", SearchOption.AllDirectories) : [];
}
