using Runner.Execution.Processes;
using Runner.Execution.Reporting;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;

namespace Runner.Execution.Containers;

/// <summary>
/// The step "Stop containers": prints what the services printed, and says what goes with the job. Its launcher removes that once the worker
/// has ended, which is the only moment at which nothing of the job can miss it.
/// </summary>
internal sealed class StopContainers(JobScope job) : IStepAction
{
    private const string StepName = "Stop containers";

    // A job ends without its launcher too.
    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(10);

    /// <summary>The step.</summary>
    public static PlannedStep Plan(JobScope job, int number) =>
        PlannedStep.OfRunner(job, RunnerStep.StopContainers, number, StepName, "always()");

    /// <inheritdoc/>
    public async Task<bool> RunAsync(StepRun run, CancellationToken stop)
    {
        var log = run.Scope.Log;
        var containers = job.Payload.Containers!; // not null: only then is there such a step
        await PrintLogsAsync(log, containers, stop);
        foreach (var container in containers.Services.Select(service => service.Container).Prepend(containers.Job))
        {
            if (container is not null)
            {
                log.Write($"Stop and remove container: {container.Id} ({container.Image})");
            }
        }

        log.Write($"Remove container network: {containers.Network}");
        return true;
    }

    private async Task PrintLogsAsync(StepLog log, PlacedContainers containers, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(LogLimit, job.Host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        foreach (var service in containers.Services)
        {
            if (job.Host.ServiceLogs is not { } logs || either.IsCancellationRequested)
            {
                return;
            }

            log.Write($"##[group]Print service container logs: {service.Name}");
            var lines = new LineCutter(new PlainLines(log));
            try
            {
                await logs.WriteAsync(service.Container.Id, lines, either.Token);
                lines.End();
            }
            catch (Exception problem) when (problem is InfrastructureException or WorkflowException || (problem is OperationCanceledException && !stop.IsCancellationRequested))
            {
                log.Write($"They cannot be had: {(problem is OperationCanceledException ? "whoever launched the job does not answer" : problem.Message)}"); // a help to the reader, not the job
            }

            log.Write("##[endgroup]");
        }
    }

    // What a service prints is no command to the runner.
    private sealed class PlainLines(StepLog log) : ILineSink
    {
        public void Line(ReadOnlySpan<byte> line) => log.Write(line);

        public int TakeOverlong(ReadOnlySpan<byte> start)
        {
            log.Write(start);
            return start.Length;
        }
    }
}
