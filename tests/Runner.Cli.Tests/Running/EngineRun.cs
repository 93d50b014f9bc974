using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Runner.Cli.Running;
using Runner.Jobs.Data;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;

namespace Runner.Cli.Tests.Running;

/// <summary>Workflows that run on a fake backend, and what was told of them.</summary>
internal sealed class EngineRun : IDisposable
{
    private readonly Channel<RunEvent> _events = Channel.CreateUnbounded<RunEvent>();
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationTokenSource _kill = new();

    private EngineRun(int maxConcurrentJobs, string[] workflows, string? keepsFailedOf = null, bool measures = false)
    {
        var settings = new LocalJobSettings { Runner = new RunnerIdentity { Name = "local", Version = "1" }, KeepsFailedOf = keepsFailedOf, Measures = measures };
        var launcher = new LocalJobLauncher(settings, _ => Backend, _ => null, Time);
        var engine = new RunEngine(launcher, _events.Writer, Time, maxConcurrentJobs);
        Ended = engine.RunAsync([.. workflows.Select(Plan)], _cancel.Token, _kill.Token);
    }

    public FakeBackend Backend { get; } = new();

    public FakeTimeProvider Time { get; } = new(RunEngineTests.Now);

    public Task<Conclusion> Ended { get; }

    /// <summary>Starts workflows; each text is the jobs of one, and what stands at its top before a line <c>jobs:</c>.</summary>
    public static EngineRun Start(params string[] workflows) => new(maxConcurrentJobs: 8, workflows);

    public static EngineRun StartWith(int maxConcurrentJobs, params string[] workflows) => new(maxConcurrentJobs, workflows);

    public static EngineRun StartKeeping(string checkout, params string[] workflows) => new(maxConcurrentJobs: 8, workflows, checkout);

    public static EngineRun StartMeasured(params string[] workflows) => new(maxConcurrentJobs: 8, workflows, measures: true);

    public void Cancel() => _cancel.Cancel();

    public void Kill() => _kill.Cancel();

    public void End(string job, Conclusion conclusion = Conclusion.Succeeded) => Backend.Job(job).End(conclusion);

    /// <summary>Waits until a job was launched.</summary>
    public Task<Backends.JobLaunch> Launched(string job) => Backend.Job(job).Launched.WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>Waits for the end; everything that was told.</summary>
    public async Task<(Conclusion Conclusion, IReadOnlyList<RunEvent> Events)> FinishAsync()
    {
        var conclusion = await Ended.WaitAsync(TestContext.Current.CancellationToken);
        _events.Writer.Complete();
        return (conclusion, await _events.Reader.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose()
    {
        _cancel.Dispose();
        _kill.Dispose();
    }

    private static RunPlan Plan(string text, int index)
    {
        var reading = WorkflowFile.Read($".github/workflows/{index}.yml", $"on: push\n{text}");
        Assert.Empty(reading.Diagnostics);
        var planning = RunPlan.Create(
            reading.Workflow!, new RunRequest { EventName = "push", GitHub = DictionaryData.FromStrings([new("repository", "a/b")]) });
        Assert.Empty(planning.Diagnostics);
        return planning.Plan!;
    }
}
