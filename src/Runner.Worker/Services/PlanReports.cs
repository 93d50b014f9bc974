using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Runner.Execution;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Http;
using Runner.Protocol.Tenant;
using Runner.Worker.Reporting;

namespace Runner.Worker.Services;

/// <summary>A job at its plan: records of a timeline, numbered logs, and an event at the end, the protocol of older servers (V1).</summary>
/// <param name="job">The job.</param>
/// <param name="request">The job's lock.</param>
/// <param name="plan">The plan.</param>
/// <param name="runner">Name of the runner.</param>
/// <param name="completion">Repeats what ends the job, for long.</param>
/// <param name="options">When and how much to send.</param>
/// <param name="time">Clock of the job's record.</param>
/// <param name="logger">For the operator.</param>
internal sealed class PlanReports(
    JobMessage job, JobRequestClient request, PlanClient plan, string runner, RetryPipeline completion, ReportingOptions options, TimeProvider time, ILogger logger)
    : IReportService
{
    // What the server shows of a step.
    private const int MaxSummaryBytes = 1024 * 1024;

    // Of records that only people read, before the job ends without them.
    private const int RecordTries = 5;

    private readonly DateTimeOffset _started = time.GetUtcNow();
    private bool _isStartTold;
    private int _recordFailures;

    /// <inheritdoc/>
    public bool TakesReports => true;

    /// <inheritdoc/>
    public Task<DateTimeOffset> RenewAsync(CancellationToken cancellationToken) => request.RenewAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task UpdateStepsAsync(IReadOnlyList<StepRecord> steps, long changeOrder, CancellationToken cancellationToken)
    {
        var records = steps.Select(step => TenantReports.OfStep(job, step));
        await plan.UpdateRecordsAsync(_isStartTold ? [.. records] : [TenantReports.Started(job, runner, _started), .. records], cancellationToken);
        _isStartTold = true;
    }

    /// <inheritdoc/>
    public ILogBlocks OpenLog(StepId? step, LogSpool spool) => new PlanLog(plan, job.JobId, step, spool, options, logger);

    /// <inheritdoc/>
    public async Task<bool> TryPutSummaryAsync(StepId step, ReadOnlyMemory<byte> markdown, CancellationToken cancellationToken)
    {
        if (markdown.Length > MaxSummaryBytes)
        {
            return false;
        }

        await plan.AttachAsync(step.Value, AttachmentTypes.StepSummary, step.ToString(), markdown, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(JobResult result, Func<StepId, long> linesOf, ImmutableArray<string> notes, CancellationToken cancellationToken)
    {
        var outputs = result.Outputs.IsEmpty
            ? null
            : result.Outputs.ToDictionary(
                output => output.Key, output => new VariableValue { Value = output.Value.Value, IsSecret = output.Value.IsSecret });
        var ended = TenantReports.Ended(job, result.Conclusion, time.GetUtcNow(), Annotations(result, notes)) with { StartTime = _started, Variables = outputs };
        IReadOnlyList<TimelineRecord> records = [.. result.Steps.Select(step => TenantReports.OfStep(job, step)), ended];
        await completion.ExecuteAsync(token => TellRecordsAsync(records, isNeeded: outputs is not null, token), cancellationToken);
        await completion.ExecuteAsync(token => EndAsync(result, outputs, token), cancellationToken);
    }

    // The records are for people, but for outputs: other jobs go by these.
    private async Task<bool> TellRecordsAsync(IReadOnlyList<TimelineRecord> records, bool isNeeded, CancellationToken cancellationToken)
    {
        try
        {
            await plan.UpdateRecordsAsync(records, cancellationToken);
        }
        catch (ProtocolException refusal) when (!isNeeded && refusal.Kind != ProtocolErrorKind.JobNotFound)
        {
            return false;
        }
        catch (InfrastructureException) when (!isNeeded && ++_recordFailures >= RecordTries)
        {
            return false;
        }

        return true;
    }

    private async Task<bool> EndAsync(JobResult result, Dictionary<string, VariableValue>? outputs, CancellationToken cancellationToken)
    {
        if (!PlanFeatures.EndsByEvent(job.Plan))
        {
            await request.FinishAsync(result.Conclusion, cancellationToken);
            return true;
        }

        var completed = new JobCompletedEvent
        {
            JobId = job.JobId,
            RequestId = job.RequestId,
            Result = result.Conclusion,
            Outputs = outputs,
            ActionsEnvironment = job.ActionsEnvironment is { Name: { } name } ? new CompletedEnvironment { Name = name, Url = result.EnvironmentUrl } : null,
        };
        await plan.CompleteJobAsync(completed, cancellationToken);
        return true;
    }

    private static IEnumerable<Annotation> Annotations(JobResult result, ImmutableArray<string> notes)
    {
        var reason = result is { Reason: { } text, Conclusion: Conclusion.Failed }
            ? [new Annotation { Level = AnnotationLevel.Failure, Message = text, IsInfrastructureIssue = true }]
            : Array.Empty<Annotation>();
        return
        [
            .. result.Annotations,
            .. reason,
            .. notes.Select(note => new Annotation { Level = AnnotationLevel.Warning, Message = note, IsInfrastructureIssue = true }),
        ];
    }
}
