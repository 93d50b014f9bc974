using System.Text;
using Microsoft.Extensions.Time.Testing;
using Runner.Execution.Hosting;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests.Jobs;

/// <summary>Wherever a job is cancelled, none of its processes lives on.</summary>
public sealed class NothingLeftTests
{
    // Beside itself, a child of its group and one that left group and parent.
    private const string Family = "echo id=$RUNNER_TRACKING_ID; sleep 1000 & (setsid sleep 1000 >/dev/null 2>&1 &); echo ready; sleep 1000";

    public static TheoryData<string, CancelReason> Points => new()
    {
        { "step", CancelReason.User },
        { "step", CancelReason.Shutdown },
        { "background", CancelReason.User },
        { "queued", CancelReason.User },
        { "wait", CancelReason.Shutdown },
        { "composite", CancelReason.User },
        { "main", CancelReason.User },
        { "pre", CancelReason.Shutdown },
        { "post", CancelReason.Shutdown },
        { "hook", CancelReason.LockLost },
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Points))]
    public async Task Cancelled_job_leaves_no_process_behind(string point, CancelReason reason)
    {
        var time = new FakeTimeProvider();
        using var job = new TestJob { Time = time };
        var running = job.RunAsync(Message(job, point));
        await job.Reporter.Seen(line => line == "ready").WaitAsync(TestContext.Current.CancellationToken);
        var id = job.Reporter.Lines.First(line => line.StartsWith("id=", StringComparison.Ordinal))["id=".Length..];
        Assert.NotEmpty(ProcessesOf(id));

        job.Cancellation.Cancel(reason);
        while (!running.IsCompleted)
        {
            // A shell that waits for a child does not obey an interrupt: its graces pass.
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await running;
        await AreGoneAsync(id, TestContext.Current.CancellationToken);
        Assert.NotEqual(Conclusion.Succeeded, job.Result?.Conclusion);
        Assert.All(job.Result?.Steps ?? [], step => Assert.Equal(StepStatus.Completed, step.Status));
    }

    private static JobMessage Message(TestJob job, string point)
    {
        var background = Some.Script(Family, "bg") with { Background = true };
        job.WithAction("acme/x/action.yml", $"runs: {{ using: node20, main: {(point == "main" ? "long" : "short")}.js, {point switch { "pre" => "pre: long.js", "post" => "post: long.js", _ => "post: short.js" }} }}")
            .WithAction("acme/x/short.js", "").WithAction("acme/x/long.js", $"require('child_process').execSync({System.Text.Json.JsonSerializer.Serialize(Family)}, {{ stdio: 'inherit' }})")
            .WithFile("c/action.yml", $"runs: {{ using: composite, steps: [{{ shell: bash, run: '{Family}' }}] }}");
        if (point == "hook")
        {
            job.Environment["ACTIONS_RUNNER_HOOK_JOB_STARTED"] = Path.Combine(job.Folder, "hook.sh");
            File.WriteAllText(job.Environment["ACTIONS_RUNNER_HOOK_JOB_STARTED"], Family);
        }

        return Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["system.runner.maxbackgroundsteps"] = new() { Value = "1" } },
            Steps = point switch
            {
                "step" => [Some.Script(Family)],
                "background" => [background, Some.Script("sleep 1000")],
                "queued" => [background, Some.Script("echo never", "second") with { Background = true }, Some.Script("sleep 1000")],
                "wait" => [background, Some.Control("wait", "bg")],
                "composite" => [Some.Using("./c")],
                "hook" => [Some.Script("echo never")],
                _ => [Some.Using("acme/x@v1")],
            },
        };
    }

    // A process that was killed takes a moment to be gone, and nobody tells of it: it is no child of ours. One that lives on runs into the test's time.
    private static async Task AreGoneAsync(string id, CancellationToken cancellationToken)
    {
        while (ProcessesOf(id).Count > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
        }
    }

    private static List<string> ProcessesOf(string id)
    {
        var mark = Encoding.UTF8.GetBytes($"RUNNER_TRACKING_ID={id}\0");
        return [.. Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]) && Has(folder, mark))];
    }

    private static bool Has(string process, byte[] mark)
    {
        try
        {
            // Empty for one that has ended and was not cleared away yet.
            return File.ReadAllBytes(Path.Combine(process, "environ")).AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // it ended meanwhile
        }
    }
}
