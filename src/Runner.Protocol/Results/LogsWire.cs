using System.Text.Json.Serialization;
using Runner.Protocol.Json;

namespace Runner.Protocol.Results;

/// <summary>Asks where to put a step's log or summary (<c>results-service.md</c> sections 3 and 4).</summary>
public sealed record StepLogsUrlRequest
{
    /// <summary>The job.</summary>
    [JsonPropertyName("workflow_job_run_backend_id")]
    public string? WorkflowJobRunBackendId { get; init; }

    /// <summary>The plan.</summary>
    [JsonPropertyName("workflow_run_backend_id")]
    public string? WorkflowRunBackendId { get; init; }

    /// <summary>The step.</summary>
    [JsonPropertyName("step_backend_id")]
    public string? StepBackendId { get; init; }
}

/// <summary>Asks where to put a job's log.</summary>
public sealed record JobLogsUrlRequest
{
    /// <summary>The job.</summary>
    [JsonPropertyName("workflow_job_run_backend_id")]
    public string? WorkflowJobRunBackendId { get; init; }

    /// <summary>The plan.</summary>
    [JsonPropertyName("workflow_run_backend_id")]
    public string? WorkflowRunBackendId { get; init; }
}

/// <summary>Where to put a log: an address that is itself the permission.</summary>
public sealed record LogsUrlResponse
{
    /// <summary>Signed address, with a query.</summary>
    [JsonPropertyName("logs_url")]
    public string? LogsUrl { get; init; }

    /// <summary>One of <see cref="BlobStorageTypes"/>.</summary>
    [JsonPropertyName("blob_storage_type")]
    public string? BlobStorageType { get; init; }

    /// <summary>Most bytes, or <c>null</c>.</summary>
    [JsonPropertyName("soft_size_limit")]
    public long? SoftSizeLimit { get; init; }

    /// <summary>Without the address.</summary>
    public override string ToString() => BlobStorageType ?? string.Empty;
}

/// <summary>Where to put the diagnostic logs of a job.</summary>
public sealed record DiagnosticLogsUrlResponse
{
    /// <summary>Signed address, with a query.</summary>
    [JsonPropertyName("diag_logs_url")]
    public string? DiagLogsUrl { get; init; }

    /// <summary>One of <see cref="BlobStorageTypes"/>.</summary>
    [JsonPropertyName("blob_storage_type")]
    public string? BlobStorageType { get; init; }

    /// <summary>Without the address.</summary>
    public override string ToString() => BlobStorageType ?? string.Empty;
}

/// <summary>Kinds of storage behind a signed address.</summary>
public static class BlobStorageTypes
{
    /// <summary>Azure: the <c>x-ms-*</c> headers are sent.</summary>
    public const string Azure = "BLOB_STORAGE_TYPE_AZURE";

    /// <summary>Another: they are left out.</summary>
    public const string Unspecified = "BLOB_STORAGE_TYPE_UNSPECIFIED";
}

/// <summary>Tells that a step's log is complete.</summary>
public sealed record StepLogsMetadataRequest
{
    /// <summary>The job.</summary>
    [JsonPropertyName("workflow_job_run_backend_id")]
    public string? WorkflowJobRunBackendId { get; init; }

    /// <summary>The plan.</summary>
    [JsonPropertyName("workflow_run_backend_id")]
    public string? WorkflowRunBackendId { get; init; }

    /// <summary>The step.</summary>
    [JsonPropertyName("step_backend_id")]
    public string? StepBackendId { get; init; }

    /// <summary>When the upload ended.</summary>
    [JsonPropertyName("uploaded_at")]
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset UploadedAt { get; init; }

    /// <summary>Lines of the whole log.</summary>
    [JsonPropertyName("line_count")]
    public long LineCount { get; init; }
}

/// <summary>Tells that a job's log is complete.</summary>
public sealed record JobLogsMetadataRequest
{
    /// <summary>The job.</summary>
    [JsonPropertyName("workflow_job_run_backend_id")]
    public string? WorkflowJobRunBackendId { get; init; }

    /// <summary>The plan.</summary>
    [JsonPropertyName("workflow_run_backend_id")]
    public string? WorkflowRunBackendId { get; init; }

    /// <summary>When the upload ended.</summary>
    [JsonPropertyName("uploaded_at")]
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset UploadedAt { get; init; }

    /// <summary>Lines of the whole log.</summary>
    [JsonPropertyName("line_count")]
    public long LineCount { get; init; }
}

/// <summary>Where to put a step's summary (section 4).</summary>
public sealed record StepSummaryUrlResponse
{
    /// <summary>Signed address, with a query.</summary>
    [JsonPropertyName("summary_url")]
    public string? SummaryUrl { get; init; }

    /// <summary>A bigger summary is not sent; <c>null</c>: no limit.</summary>
    [JsonPropertyName("soft_size_limit")]
    public long? SoftSizeLimit { get; init; }

    /// <summary>One of <see cref="BlobStorageTypes"/>.</summary>
    [JsonPropertyName("blob_storage_type")]
    public string? BlobStorageType { get; init; }

    /// <summary>Without the address.</summary>
    public override string ToString() => BlobStorageType ?? string.Empty;
}

/// <summary>Tells that a step's summary was put.</summary>
public sealed record StepSummaryMetadataRequest
{
    /// <summary>The step.</summary>
    [JsonPropertyName("step_backend_id")]
    public string? StepBackendId { get; init; }

    /// <summary>The plan.</summary>
    [JsonPropertyName("workflow_run_backend_id")]
    public string? WorkflowRunBackendId { get; init; }

    /// <summary>The job.</summary>
    [JsonPropertyName("workflow_job_run_backend_id")]
    public string? WorkflowJobRunBackendId { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>When the upload ended.</summary>
    [JsonPropertyName("uploaded_at")]
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset UploadedAt { get; init; }
}
