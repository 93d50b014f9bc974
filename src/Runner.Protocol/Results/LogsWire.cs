using System.Text.Json.Serialization;
using Runner.Protocol.Json;

namespace Runner.Protocol.Results;

/// <summary>What every request to the results service says: of which job of which run it is. Members are snake_case on the wire.</summary>
public abstract record ResultsRequest
{
    /// <summary>The job.</summary>
    public string? WorkflowJobRunBackendId { get; init; }

    /// <summary>The plan.</summary>
    public string? WorkflowRunBackendId { get; init; }
}

/// <summary>Asks where to put a job's log.</summary>
public sealed record JobLogsUrlRequest : ResultsRequest;

/// <summary>Asks where to put a step's log or summary (<c>results-service.md</c> sections 3 and 4).</summary>
public sealed record StepLogsUrlRequest : ResultsRequest
{
    /// <summary>The step.</summary>
    public string? StepBackendId { get; init; }
}

/// <summary>Tells that a job's log is complete.</summary>
public record JobLogsMetadataRequest : ResultsRequest
{
    /// <summary>When the upload ended.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset UploadedAt { get; init; }

    /// <summary>Lines of the whole log.</summary>
    public long LineCount { get; init; }
}

/// <summary>Tells that a step's log is complete.</summary>
public sealed record StepLogsMetadataRequest : JobLogsMetadataRequest
{
    /// <summary>The step.</summary>
    public string? StepBackendId { get; init; }
}

/// <summary>Tells that a step's summary was put.</summary>
public sealed record StepSummaryMetadataRequest : ResultsRequest
{
    /// <summary>The step.</summary>
    public string? StepBackendId { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>When the upload ended.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset UploadedAt { get; init; }
}

/// <summary>Where to put something: a signed address that is itself the permission, so nothing shows it.</summary>
public abstract record PlaceResponse
{
    /// <summary>One of <see cref="BlobStorageTypes"/>.</summary>
    public string? BlobStorageType { get; init; }

    /// <summary>Without the address.</summary>
    public sealed override string ToString() => BlobStorageType ?? string.Empty;
}

/// <summary>Where to put a log.</summary>
public sealed record LogsUrlResponse : PlaceResponse
{
    /// <summary>Signed address, with a query.</summary>
    public string? LogsUrl { get; init; }

    /// <summary>Most bytes, or <c>null</c>.</summary>
    public long? SoftSizeLimit { get; init; }
}

/// <summary>Where to put the diagnostic logs of a job.</summary>
public sealed record DiagnosticLogsUrlResponse : PlaceResponse
{
    /// <summary>Signed address, with a query.</summary>
    public string? DiagLogsUrl { get; init; }
}

/// <summary>Where to put a step's summary (section 4).</summary>
public sealed record StepSummaryUrlResponse : PlaceResponse
{
    /// <summary>Signed address, with a query.</summary>
    public string? SummaryUrl { get; init; }

    /// <summary>A bigger summary is not sent; <c>null</c>: no limit.</summary>
    public long? SoftSizeLimit { get; init; }
}

/// <summary>Kinds of storage behind a signed address.</summary>
public static class BlobStorageTypes
{
    /// <summary>Azure: the <c>x-ms-*</c> headers are sent.</summary>
    public const string Azure = "BLOB_STORAGE_TYPE_AZURE";

    /// <summary>Another: they are left out.</summary>
    public const string Unspecified = "BLOB_STORAGE_TYPE_UNSPECIFIED";
}
