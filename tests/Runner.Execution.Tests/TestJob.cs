using Runner.Execution.Jobs;
using Runner.Execution.Reporting;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Testing;

namespace Runner.Execution.Tests;

/// <summary>A job that is run for real below a folder of its own.</summary>
internal sealed class TestJob : IDisposable
{
    private readonly TempFolder _folder = new();

    public RecordingReporter Reporter { get; } = new();

    public JobCancellation Cancellation { get; } = new();

    /// <summary>The worker's own environment.</summary>
    public Dictionary<string, string> Environment { get; } = new() { ["PATH"] = "/usr/local/bin:/usr/bin:/bin" };

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public WorkPaths Paths => Some.Paths(_folder.FullPath);

    /// <summary>The finished job; <c>null</c> before <see cref="RunAsync(JobMessage)"/>.</summary>
    public JobResult? Result { get; private set; }

    /// <summary>The steps of the message, without those of the runner.</summary>
    public IReadOnlyList<StepRecord> Steps => [.. (Result?.Steps ?? []).Skip(1).SkipLast(1)];

    public static async Task<TestJob> OfAsync(params JobStep[] steps)
    {
        var job = new TestJob();
        await job.RunAsync(steps);
        return job;
    }

    public Task<JobResult> RunAsync(params JobStep[] steps) => RunAsync(Some.Job() with { Steps = steps });

    public Task<JobResult> RunAsync(JobMessage message) => RunAsync(Some.Payload(message, _folder.FullPath));

    public async Task<JobResult> RunAsync(LaunchPayload payload)
    {
        Result = await new JobRunner(new JobHost { Environment = Environment, Time = Time }).RunAsync(payload, Reporter, Cancellation);
        return Result;
    }

    /// <summary>Lines of the n-th step of the message, from 0, without its header.</summary>
    public IReadOnlyList<string> Output(int step)
    {
        var lines = AllLines(step);
        var end = lines.ToList().IndexOf("##[endgroup]");
        return [.. lines.Skip(end + 1)];
    }

    /// <summary>Lines of the n-th step of the message, from 0.</summary>
    public IReadOnlyList<string> AllLines(int step) => Reporter.LinesOf(Steps[step].Id);

    public void Dispose()
    {
        Cancellation.Dispose();
        _folder.Dispose();
    }
}
