using System.Text.Json.Serialization.Metadata;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Protocol.Results;

/// <summary>Tells the results service of a job's steps, logs and summaries (<c>results-service.md</c>).</summary>
/// <remarks>It retries nothing: the reporter that spools the logs does, for as long as the job's lock lives.</remarks>
public sealed class ResultsClient(HttpClient http, Uri address, ITokenSource tokens, PlanId plan, JobId job, TimeProvider time)
{
    private readonly ServiceTransport _transport = new(http, tokens, time);
    private readonly string _plan = plan.ToString();
    private readonly string _job = job.ToString();

    /// <summary>Sends the full present state of steps that changed.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="changeOrder">1 for the job's first call, then counting up, tries that failed too.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task UpdateStepsAsync(IReadOnlyList<StepUpdate> steps, long changeOrder, CancellationToken cancellationToken) => SendAsync(
        ResultsRoutes.StepsUpdate,
        new StepsUpdateRequest { Steps = steps, ChangeOrder = changeOrder, WorkflowJobRunBackendId = _job, WorkflowRunBackendId = _plan },
        ResultsJson.Default.StepsUpdateRequest,
        cancellationToken);

    /// <summary>Asks where to put the next block of a log. GitHub's runner asks anew for every block, as the signature is short-lived.</summary>
    /// <param name="step">The step, or <c>null</c> for the job's log.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<SignedBlob> GetLogUrlAsync(StepId? step, CancellationToken cancellationToken)
    {
        var reply = step is { } id
            ? await AskAsync(
                ResultsRoutes.StepLogsUrl, StepRequest(id), ResultsJson.Default.StepLogsUrlRequest, ResultsJson.Default.LogsUrlResponse, cancellationToken)
            : await AskAsync(
                ResultsRoutes.JobLogsUrl,
                new JobLogsUrlRequest { WorkflowJobRunBackendId = _job, WorkflowRunBackendId = _plan },
                ResultsJson.Default.JobLogsUrlRequest,
                ResultsJson.Default.LogsUrlResponse,
                cancellationToken);
        return Blob(reply.LogsUrl, reply.BlobStorageType, reply.SoftSizeLimit);
    }

    /// <summary>Says that a log is complete.</summary>
    /// <param name="step">The step, or <c>null</c> for the job's log.</param>
    /// <param name="lineCount">Lines of the whole log.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task PutLogMetadataAsync(StepId? step, long lineCount, CancellationToken cancellationToken) => step is { } id
        ? SendAsync(
            ResultsRoutes.StepLogsMetadata,
            new StepLogsMetadataRequest
            {
                WorkflowJobRunBackendId = _job,
                WorkflowRunBackendId = _plan,
                StepBackendId = id.ToString(),
                UploadedAt = time.GetUtcNow(),
                LineCount = lineCount,
            },
            ResultsJson.Default.StepLogsMetadataRequest,
            cancellationToken)
        : SendAsync(
            ResultsRoutes.JobLogsMetadata,
            new JobLogsMetadataRequest
            {
                WorkflowJobRunBackendId = _job,
                WorkflowRunBackendId = _plan,
                UploadedAt = time.GetUtcNow(),
                LineCount = lineCount,
            },
            ResultsJson.Default.JobLogsMetadataRequest,
            cancellationToken);

    /// <summary>Asks where to put a step's summary.</summary>
    public async Task<SignedBlob> GetSummaryUrlAsync(StepId step, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(
            ResultsRoutes.StepSummaryUrl, StepRequest(step), ResultsJson.Default.StepLogsUrlRequest, ResultsJson.Default.StepSummaryUrlResponse, cancellationToken);
        return Blob(reply.SummaryUrl, reply.BlobStorageType, reply.SoftSizeLimit);
    }

    /// <summary>Says that a step's summary was put.</summary>
    public Task PutSummaryMetadataAsync(StepId step, long size, CancellationToken cancellationToken) => SendAsync(
        ResultsRoutes.StepSummaryMetadata,
        new StepSummaryMetadataRequest
        {
            StepBackendId = step.ToString(),
            WorkflowRunBackendId = _plan,
            WorkflowJobRunBackendId = _job,
            Size = size,
            UploadedAt = time.GetUtcNow(),
        },
        ResultsJson.Default.StepSummaryMetadataRequest,
        cancellationToken);

    /// <summary>What an answer without success means: too much, too slow or broken passes; the rest of 4xx is a refusal.</summary>
    internal static Exception Failure(ServiceReply reply) => reply.Status switch
    {
        401 => reply.Refusal(ProtocolErrorKind.Unauthorized),
        403 => reply.Refusal(ProtocolErrorKind.Forbidden),
        408 or 425 or 429 => reply.Passing(),
        >= 400 and < 500 => reply.Refusal(ProtocolErrorKind.Refused),
        _ => reply.Passing(),
    };

    private StepLogsUrlRequest StepRequest(StepId step) => new()
    {
        WorkflowJobRunBackendId = _job,
        WorkflowRunBackendId = _plan,
        StepBackendId = step.ToString(),
    };

    private async Task SendAsync<TRequest>(string route, TRequest request, JsonTypeInfo<TRequest> type, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(route, request, type, ResultsJson.Default.ResultsResponse, cancellationToken);
        if (!answer.Ok)
        {
            throw new InfrastructureException($"POST {route} answered ok: false");
        }
    }

    private async Task<TReply> AskAsync<TRequest, TReply>(
        string route, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, CancellationToken cancellationToken)
    {
        var reply = await _transport.SendAsync(ServiceCall.Post(address, route, request, requestType), cancellationToken);
        return reply.IsSuccess ? reply.Read(replyType) : throw Failure(reply);
    }

    private static SignedBlob Blob(string? url, string? storage, long? limit) => new()
    {
        Address = Uri.TryCreate(url, UriKind.Absolute, out var address)
            ? address
            : throw new InfrastructureException("The results service gave no usable signed address"),
        IsAzure = string.Equals(storage, BlobStorageTypes.Azure, StringComparison.OrdinalIgnoreCase),
        SoftSizeLimit = limit > 0 ? limit : null,
    };
}
