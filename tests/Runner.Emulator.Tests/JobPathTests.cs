using System.Net;
using Runner.Emulator.Runs;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Tests;

public sealed class JobPathTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_jit_runner_takes_a_job_reports_it_and_is_gone()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var queued = emulator.Server.QueueJob(new RawJob { Name = "build", Labels = ["linux"] });
        var runner = await emulator.OnlineRunnerAsync("pod-7", "self-hosted", "Linux");

        var job = await runner.TakeJobAsync(TestEmulator.Token);
        using var renewed = await job.RenewAsync(TestEmulator.Token);
        var step = Guid.NewGuid();
        using var running = await job.UpdateStepAsync(step, 1, "Run make", status: 3, conclusion: 0, TestEmulator.Token);
        using var ended = await job.UpdateStepAsync(step, 1, "Run make", status: 6, conclusion: 2, TestEmulator.Token);
        await job.UploadLogAsync(step, "2026-01-31T08:15:30.1234567Z hello\n", 1, TestEmulator.Token);
        await job.UploadLogAsync(null, "2026-01-31T08:15:30.1234567Z hello\n", 1, TestEmulator.Token);
        using var completed = await job.CompleteAsync(
            TestEmulator.Token, further: """,   "outputs":{"v":{"value":"1"},"s":{"value":"x","isSecret":true}}""");

        Assert.Equal(HttpStatusCode.NoContent, completed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        Assert.Equal(queued.Id.ToString(), job.JobId);
        var run = await emulator.Server.WaitForRunAsync(queued.RunId, TestEmulator.Token);
        Assert.Equal(Conclusion.Succeeded, run.Conclusion);
        Assert.Equal("pod-7", run.Job("build").Runner);
        Assert.Equal(["s=***", "v=1"], run.Job("build").Outputs.Select(output => $"{output.Key}={output.Value}"));
        Assert.Equal(Conclusion.Succeeded, run.Job("build").Step("Run make").Conclusion);
        Assert.Equal(1, run.Job("build").LogLines);
        Assert.Equal("2026-01-31T08:15:30.1234567Z hello\n", await emulator.Server.ReadLogAsync(queued.Id, TestEmulator.Token));
        using var poll = await runner.GetMessageAsync("Online", TestEmulator.Token);
        Assert.Equal("200 ", $"{(int)poll.StatusCode} {await poll.Content.ReadAsStringAsync(TestEmulator.Token)}"); // it is spent
    }
}
