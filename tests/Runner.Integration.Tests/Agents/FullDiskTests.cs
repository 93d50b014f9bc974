using Runner.Agent.Configuration;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Agents;

/// <summary>A disk that is really full, where the agent keeps what it knows and where jobs run.</summary>
public sealed class FullDiskTests
{
    private const int Limit = 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Agent_that_cannot_keep_its_jobs_runs_them_all_the_same_and_says_so()
    {
        using var disk = SmallDisk.Make(kilobytes: 64);
        disk.Fill();
        await using var test = await StartAsync(options => options.Agent.StateFolder = disk.Path);

        var ended = await test.WaitForRunAsync(Queue(test, "echo said").Id, Token);

        Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
        Assert.Contains(test.Logs, line => line.Contains(disk.Path, StringComparison.Ordinal) && line.Contains("No space left on device", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Job_for_which_there_is_no_room_waits_until_there_is_and_the_agent_says_why()
    {
        using var disk = SmallDisk.Make(kilobytes: 8 * 1024);
        disk.Fill();
        await using var test = await StartAsync(options => options.Host.Root = disk.Path);
        var run = Queue(test, "echo said");

        await Until.TrueAsync(() => test.Logs.Any(line => line.Contains("No space left on device", StringComparison.Ordinal)), Token);
        Assert.NotEqual(JobStatus.Completed, test.Emulator.FindRun(run.Id)?.Jobs[0].Status);
        disk.Free();

        Assert.Equal(Conclusion.Succeeded, (await test.WaitForRunAsync(run.Id, Token)).Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Step_that_fills_the_disk_fails_and_what_comes_after_it_is_told_and_logged()
    {
        using var disk = SmallDisk.Make(kilobytes: 8 * 1024);
        await using var test = await StartAsync(options => options.Host.Root = disk.Path);

        var ended = await test.WaitForRunAsync(
            Queue(test, "cat /dev/zero >filler", "{if: always(), shell: sh, run: 'echo after the disk was full'}", "{if: always(), shell: sh, run: 'rm filler; echo at last'}").Id,
            Token);

        var log = await test.Emulator.ReadLogAsync(ended.Jobs[0].Id, Token);
        Assert.Equal(Conclusion.Failed, ended.Conclusion);
        Assert.Contains("No space left on device", log, StringComparison.Ordinal);
        Assert.Equal(3, ended.Jobs[0].Steps.Count(step => step is { Status: StepStatus.Completed, Conclusion: not null } && step.Name.StartsWith("Run ", StringComparison.Ordinal)));
    }

    private static Task<AgentOnHost> StartAsync(Action<AgentOptions> configure) => AgentOnHost.StartAsync(_ => TestWorker.Real(), Token, options =>
    {
        options.Pools[0].MaxJobs = 1;
        configure(options);
    });

    private static RunInfo Queue(AgentOnHost test, string script, params string[] further) => test.Emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = $"on: push\njobs:\n  one:\n    runs-on: self-hosted\n    steps:\n      - {{shell: sh, run: '{script}'}}\n"
            + string.Concat(further.Select(step => $"      - {step}\n")),
    });
}
