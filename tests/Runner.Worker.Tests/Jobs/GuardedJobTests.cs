using Runner.Execution.Hosting;
using Runner.Execution.Reporting;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Worker.Hosting;
using Runner.Worker.Jobs;
using Runner.Worker.Logging;

namespace Runner.Worker.Tests.Jobs;

public sealed class GuardedJobTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _log = new();
    private readonly JobCancellation _cancellation = new();

    public static TheoryData<Exception, string, bool> Failures => new()
    {
        { new InfrastructureException("the disk is full"), "the disk is full", false },
        { new InvalidOperationException("s3cret"), "The runner itself failed (InvalidOperationException): this is a bug of the runner, not of the workflow", true },
    };

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
        _cancellation.Dispose();
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Failures))]
    public async Task Failure_outside_of_the_steps_is_a_failed_job_with_a_reason(Exception failure, string reason, bool isBug)
    {
        var loggers = new StderrLoggerFactory(_log, TimeProvider.System);
        var host = new WorkerHost
        {
            Environment = new Dictionary<string, string>(),
            Folder = AppContext.BaseDirectory,
            Started = TimeProvider.System.GetUtcNow(),
            Time = TimeProvider.System,
            Loggers = loggers,
        };
        var job = new GuardedJob(host, Some.Payload(Some.Job(), _folder.FullPath), _cancellation, loggers.CreateLogger("job"));

        var (result, wasBug) = await job.RunAsync(new BrokenReporter(failure), actions: null, containers: null, serviceLogs: null, workspace: null);

        Assert.Equal((Conclusion.Failed, reason, isBug), (result.Conclusion, result.Reason, wasBug));
        Assert.Contains(failure.Message, _log.ToString(), StringComparison.Ordinal);
    }

    private sealed class BrokenReporter(Exception failure) : IJobReporter
    {
        public void StepChanged(StepRecord record) => throw failure;

        public void WriteLine(StepId? step, ReadOnlySpan<byte> text) => throw failure;

        public void StepLogEnded(StepId step) => throw failure;

        public void AddSummary(StepId step, ReadOnlyMemory<byte> markdown) => throw failure;
    }
}
