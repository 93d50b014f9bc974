using System.Diagnostics;
using Runner.Execution.Hosting;
using Runner.Jobs.Data;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests.Jobs;

public sealed class StepHoldTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly TestJob _job = new();

    private string? Folder => Directory.Exists(_job.Paths.Temp) ? Directory.GetDirectories(_job.Paths.Temp, "_hold-*").SingleOrDefault() : null;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Shell_of_a_held_job_is_in_the_steps_environment_without_secrets_and_lets_it_go_on()
    {
        var running = RunAsync(new FailureHold { Time = TimeSpan.FromMinutes(30), Enter = "kubectl -n ci exec -it pod-1 -c job --" });
        var folder = await HeldAsync(running);
        Assert.False(running.IsCompleted);

        var environment = await File.ReadAllTextAsync(Path.Combine(folder, "environment"), Token);
        var mode = File.GetUnixFileMode(folder);

        var shown = await EnterAsync(folder, "echo \"$PLAIN|$HIDDEN|$PWD|$OF_THE_SHELL\"; echo a=b >>$GITHUB_OUTPUT && echo taken; release");
        await running;

        Assert.Contains($"it's plain||{_job.Paths.Workspace}|\ntaken\n", shown, StringComparison.Ordinal);
        Assert.Contains("which failed. 'release' lets the job go on.", shown, StringComparison.Ordinal);
        Assert.Contains("Left out, as they hold secrets: HIDDEN", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", environment, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, mode);
        Assert.Null(Folder); // it went with the hold
        var lines = _job.OutputOf("Run exit 3");
        Assert.Contains($"  kubectl -n ci exec -it pod-1 -c job -- {folder}/shell", lines);
        Assert.Equal("The job was released after 0 min.", lines[^1]);
        Assert.Equal(["always"], _job.OutputOf("Run echo always"));
        Assert.Equal(Conclusion.Failed, _job.Result?.Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_is_cancelled_while_it_is_held_ends()
    {
        var running = RunAsync(new FailureHold { Time = TimeSpan.FromMinutes(30) });
        var folder = await HeldAsync(running);

        _job.Cancellation.Cancel(CancelReason.User);
        await running;

        Assert.Contains($"  {folder}/shell", _job.OutputOf("Run exit 3"));
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

        Assert.DoesNotContain(_job.OutputOf("Run exit 3"), line => line.Contains("held", StringComparison.Ordinal));
    }

    [Theory(Timeout = Limit)]
    [InlineData("1", false)]
    [InlineData("2", true)]
    public async Task Job_that_is_debugged_is_held_where_somebody_asked_to_run_it_again(string attempt, bool isHeld)
    {
        await RunAsync(new FailureHold { Time = TimeSpan.FromMilliseconds(1), OnlyDebugging = true }, attempt);

        Assert.Equal(isHeld, _job.OutputOf("Run exit 3").Contains("The job was held for 0 min, and goes on."));
    }

    [Fact(Timeout = Limit)]
    public async Task Half_a_character_in_a_variable_is_no_fault_of_the_runner()
    {
        await RunAsync(new FailureHold { Time = TimeSpan.FromMilliseconds(1) }, odd: "cut \ud83d");

        Assert.Equal("The job was held for 0 min, and goes on.", _job.OutputOf("Run exit 3")[^1]);
    }

    public void Dispose() => _job.Dispose();

    private Task<JobResult> RunAsync(FailureHold hold, string? attempt = null, string odd = "odd")
    {
        var variables = new Dictionary<string, VariableValue> { ["TOKEN"] = new() { Value = "s3cret", IsSecret = true } };
        if (attempt is not null)
        {
            variables[JobVariables.StepDebug] = new VariableValue { Value = "true" };
        }

        var message = Some.Job() with
        {
            Variables = variables,
            ContextData = new Dictionary<string, ContextData>
            {
                ["github"] = new DictionaryData([KeyValuePair.Create<string, ContextData>("run_attempt", new StringData(attempt ?? "1"))]),
            },
            Steps =
            [
                Some.Script("exit 3") with { Environment = Some.Texts(("PLAIN", "it's plain"), ("HIDDEN", "a s3cret"), ("ODD", odd)) },
                Some.Script("exit 4"),
                Some.Script("echo always") with { Condition = "always()" },
            ],
        };
        return _job.RunAsync(Some.Payload(message, _job.Folder) with { Hold = hold });
    }

    private static async Task<string> EnterAsync(string folder, string commands)
    {
        var start = new ProcessStartInfo(Path.Combine(folder, "shell"))
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["OF_THE_SHELL"] = "not seen", ["HIDDEN"] = "not seen, either" },
        };
        using var shell = Process.Start(start)!;
        await shell.StandardInput.WriteLineAsync(commands);
        shell.StandardInput.Close();
        var output = await shell.StandardOutput.ReadToEndAsync(Token);
        await shell.WaitForExitAsync(Token);
        return output;
    }

    private async Task<string> HeldAsync(Task running)
    {
        while (!running.IsCompleted)
        {
            if (Folder is { } folder && File.Exists(Path.Combine(folder, "shell")))
            {
                return folder;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }

        throw new InvalidOperationException("The job ended, and was not held");
    }
}
