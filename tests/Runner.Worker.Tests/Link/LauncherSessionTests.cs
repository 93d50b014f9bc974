using System.Globalization;
using System.IO.Pipes;
using System.Text;
using Runner.Execution.Hosting;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Worker.Hosting;
using Runner.Worker.Jobs;
using Runner.Worker.Logging;

namespace Runner.Worker.Tests.Link;

/// <summary>A pipe stands for standard output, and this test for the launcher.</summary>
public sealed class LauncherSessionTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _log = new();
    private readonly JobCancellation _cancellation = new();
    private readonly AnonymousPipeServerStream _output = new(PipeDirection.Out);
    private readonly AnonymousPipeClientStream _launcher;
    private int? _launcherProcess;

    public LauncherSessionTests() => _launcher = new AnonymousPipeClientStream(PipeDirection.In, _output.ClientSafePipeHandle);

    public void Dispose()
    {
        _launcher.Dispose();
        _output.Dispose();
        _folder.Dispose();
        _log.Dispose();
        _cancellation.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task Job_is_told_from_its_start_to_its_end()
    {
        var step = Some.Script("echo hello; echo '# Well' >>$GITHUB_STEP_SUMMARY; echo '::warning::careful'");

        var running = RunAsync(step);
        var events = await ReadAsync();

        Assert.Equal(0, await running);
        Assert.IsType<JobStartedEvent>(events[0]);
        Assert.Equal(Conclusion.Succeeded, Assert.IsType<JobEndedEvent>(events[^1]).Conclusion);
        Assert.Contains(events.OfType<LineEvent>(), line => line.Step == step.Id && line.Text == "hello");
        Assert.Contains(events.OfType<StepLogEndedEvent>(), ended => ended.Step == step.Id);
        Assert.Equal("# Well\n", Assert.Single(events.OfType<SummaryEvent>()).Markdown);
        var last = events.OfType<StepChangedEvent>().Last(changed => changed.Step.Id == step.Id).Step;
        Assert.Equal((StepStatus.Completed, Conclusion.Succeeded), (last.Status, last.Conclusion));
        Assert.Equal("careful", Assert.Single(last.Annotations).Message);
        Assert.Equal((Conclusion.Succeeded, true), (Outcome().Conclusion, Outcome().IsReported));
    }

    [Fact(Timeout = 60_000)]
    public async Task Launcher_that_does_not_read_makes_the_step_wait_and_loses_nothing()
    {
        const int lines = 20_000; // far more than the pipe and the pump hold
        var step = Some.Script($"i=0; while [ $i -lt {lines} ]; do i=$((i+1)); echo $i; done; touch {_folder["printed"]}");

        var running = RunAsync(step);
        var first = new byte[1];
        await _launcher.ReadExactlyAsync(first, TestContext.Current.CancellationToken);
        var events = await ReadAsync(first);

        Assert.Equal(0, await running);
        var numbers = events.OfType<LineEvent>().Where(line => line.Step == step.Id && int.TryParse(line.Text, out _)).Select(line => line.Text);
        Assert.Equal(Enumerable.Range(1, lines).Select(number => $"{number}"), numbers);
    }

    [Fact(Timeout = 60_000)]
    public async Task Launcher_that_is_gone_stops_the_job_which_then_says_no_success()
    {
        var running = RunAsync(Some.Script("while :; do echo again; done"), Some.Script($"touch {_folder["later"]}", condition: "always()"));
        await _launcher.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
        _launcher.Dispose();

        Assert.Equal(69, await running);
        Assert.Equal((Conclusion.Failed, false), (Outcome().Conclusion, Outcome().IsReported));
        Assert.False(File.Exists(_folder["later"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task Launcher_that_was_killed_stops_a_job_that_prints_nothing()
    {
        // This test's own process is the parent, and not the one that is named: as if that had died.
        _launcherProcess = int.MaxValue;
        var running = RunAsync(Some.Script("sleep 1000"), Some.Script($"touch {_folder["later"]}", condition: "always()"));
        var reading = ReadAsync();

        Assert.Equal(0, await running);
        await reading;
        Assert.Equal(Conclusion.Failed, Outcome().Conclusion);
        Assert.False(File.Exists(_folder["later"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task Launcher_that_lives_is_let_alone()
    {
        _launcherProcess = int.Parse(File.ReadAllText("/proc/self/stat").Split(") ")[^1].Split(' ')[1], CultureInfo.InvariantCulture);
        var running = RunAsync(Some.Script("sleep 1.5"));
        var reading = ReadAsync();

        Assert.Equal(0, await running);
        await reading;
        Assert.Equal(Conclusion.Succeeded, Outcome().Conclusion);
    }

    private Task<int> RunAsync(params JobStep[] steps)
    {
        var payload = Some.Payload(Some.Job() with { Steps = steps }, _folder.FullPath) with
        {
            Reporting = ReportingTarget.Launcher, LauncherProcess = _launcherProcess,
        };
        var host = new WorkerHost
        {
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
            Folder = _folder.FullPath,
            Started = TimeProvider.System.GetUtcNow(),
            Time = TimeProvider.System,
            Loggers = new StderrLoggerFactory(_log, TimeProvider.System),
        };
        return Task.Run(async () =>
        {
            var exitCode = await new LauncherSession(host, payload, TestSetup.Quick, _cancellation).RunAsync(_output);
            _output.Dispose();
            return exitCode;
        });
    }

    private async Task<List<WorkerEvent>> ReadAsync(byte[]? before = null)
    {
        using var text = new StreamReader(_launcher, Encoding.UTF8);
        var all = Encoding.UTF8.GetString(before ?? []) + await text.ReadToEndAsync(TestContext.Current.CancellationToken);
        var reader = new EventLineReader();
        var events = new List<WorkerEvent>();
        foreach (var line in all.TrimEnd('\n').Split('\n'))
        {
            if (reader.Read(Encoding.UTF8.GetBytes(line)) == LineReading.Event)
            {
                events.Add(reader.Event!); // an event that is complete is there
            }
        }

        return events;
    }

    private WorkerOutcome Outcome()
    {
        Assert.True(WorkerOutcome.TryParse(File.ReadAllText(_folder["outcome.json"]), out var outcome));
        return outcome!; // the line above leaves the test where there is none
    }
}
