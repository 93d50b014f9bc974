using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Runner.Execution;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Results;
using Runner.Protocol.RunService;
using Runner.Worker.Reporting;

namespace Runner.Worker.Services;

/// <summary>A job at the run service and the results service: the protocol of github.com (V2).</summary>
/// <param name="job">The job.</param>
/// <param name="renewals">The run service without retries: the renewal has a loop of its own.</param>
/// <param name="completion">The run service that tries for long to complete the job.</param>
/// <param name="results">The results service, or <c>null</c>: the message names none, and the job's log has nowhere to go.</param>
/// <param name="blobs">Puts to signed addresses.</param>
/// <param name="options">When and how much to send.</param>
/// <param name="time">Clock of signatures.</param>
/// <param name="logger">For the operator.</param>
internal sealed class RunServiceReports(
    JobMessage job,
    RunServiceClient renewals,
    RunServiceClient completion,
    ResultsClient? results,
    BlobClient blobs,
    ReportingOptions options,
    TimeProvider time,
    ILogger logger)
    : IReportService
{
    /// <inheritdoc/>
    public bool TakesReports => results is not null;

    /// <inheritdoc/>
    public Task<DateTimeOffset> RenewAsync(CancellationToken cancellationToken) => renewals.RenewJobAsync(job.Plan.PlanId, job.JobId, cancellationToken);

    /// <inheritdoc/>
    public Task UpdateStepsAsync(IReadOnlyList<StepRecord> steps, long changeOrder, CancellationToken cancellationToken) =>
        Results.UpdateStepsAsync([.. steps.Select(ReportMapping.ToUpdate)], changeOrder, cancellationToken);

    /// <inheritdoc/>
    public ILogBlocks OpenLog(StepId? step, LogSpool spool) => new BlobLog(Results, blobs, step, spool, options, time, logger);

    /// <inheritdoc/>
    public async Task<bool> TryPutSummaryAsync(StepId step, ReadOnlyMemory<byte> markdown, CancellationToken cancellationToken)
    {
        var blob = await Results.GetSummaryUrlAsync(step, cancellationToken);
        if (markdown.Length > blob.SoftSizeLimit)
        {
            return false;
        }

        await blobs.PutAsync(blob, contentType: null, () => new ReadOnlyMemoryContent(markdown), cancellationToken);
        await Results.PutSummaryMetadataAsync(step, markdown.Length, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public Task CompleteAsync(JobResult result, Func<StepId, long> linesOf, ImmutableArray<string> notes, CancellationToken cancellationToken) =>
        completion.CompleteJobAsync(JobCompletion.Request(job, result, linesOf, notes), cancellationToken);

    private ResultsClient Results => results ?? throw new InvalidOperationException("The job has no results service: nothing is reported to it");
}
