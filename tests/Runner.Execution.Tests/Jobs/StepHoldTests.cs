using System.Diagnostics;
using Runner.Execution.Hosting;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests.Jobs;

public sealed class StepHoldTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly TestJob _job = new();

    private string Folder => Path.Combine(_job.Paths.Temp, "_hold");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Shell_of_a_held_job_is_in_the_steps_environment_without_secrets_and_lets_it_go_on()
    {
        var running = RunAsync(new FailureHold { Time = TimeSpan.FromMinutes(30), Enter = "kubectl -n ci exec -it pod-1 -c job --" });
        await ExistsAsync(Path.Combine(Folder, "shell"), running);
        Assert.False(running.IsCompleted);

        var shown = await EnterAsync("echo \"$PLAIN|$HIDDEN|$PWD\"; release");
        await running;

        Assert.Contains("it's plain||" + _job.Paths.Workspace, shown, StringComparison.Ordinal);
        Assert.Contains("which failed. 'release' lets the job go on.", shown, StringComparison.Ordinal);
        Assert.Contains("Left out, as they hold secrets: HIDDEN", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", await File.ReadAllTextAsync(Path.Combine(Folder, "environment"), Token), StringComparison.Ordinal);
        var lines = _job.OutputOf("Run exit 3");
        Assert.Contains($"  kubectl -n ci exec -it pod-1 -c job -- {Folder}/shell", lines);
        Assert.Equal("The job was released after 0 min.", lines[^1]);
        Assert.Equal(["always"], _job.OutputOf("Run echo always"));
        Assert.Equal(Conclusion.Failed, _job.Result?.Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_is_cancelled_while_it_is_held_ends()
    {
        var running = RunAsync(new FailureHold { Time = TimeSpan.FromMinutes(30) });
        await ExistsAsync(Path.Combine(Folder, "shell"), running);

        _job.Cancellation.Cancel(CancelReason.User);
        await running;

        Assert.Contains($"  {Folder}/shell", _job.OutputOf("Run exit 3"));
    }

    [Fact(Timeout = Limit)]
    public async Task Time_of_a_hold_ends()
    {
        await RunAsync(new FailureHold { Time = TimeSpan.FromMilliseconds(1) });

        Assert.Equal("The job was held for 0 min, and goes on.", _job.OutputOf("Run exit 3")[^1]);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_is_not_debugged_is_not_held_where_only_those_are()
    {
        await RunAsync(new FailureHold { Time = TimeSpan.FromMinutes(30), OnlyDebugging = true });

        Assert.False(Directory.Exists(Folder));
    }

    public void Dispose() => _job.Dispose();

    private Task<JobResult> RunAsync(FailureHold hold)
    {
        var message = Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["TOKEN"] = new() { Value = "s3cret", IsSecret = true } },
            Steps =
            [
                Some.Script("exit 3") with { Environment = Some.Texts(("PLAIN", "it's plain"), ("HIDDEN", "a s3cret")) },
                Some.Script("exit 4"),
                Some.Script("echo always") with { Condition = "always()" },
            ],
        };
        return _job.RunAsync(Some.Payload(message, _job.Folder) with { Hold = hold });
    }

    private async Task<string> EnterAsync(string commands)
    {
        var start = new ProcessStartInfo(Path.Combine(Folder, "shell")) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var shell = Process.Start(start)!;
        await shell.StandardInput.WriteLineAsync(commands);
        shell.StandardInput.Close();
        var output = await shell.StandardOutput.ReadToEndAsync(Token);
        await shell.WaitForExitAsync(Token);
        return output;
    }

    private static async Task ExistsAsync(string file, Task running)
    {
        while (!File.Exists(file) && !running.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }
    }
}
