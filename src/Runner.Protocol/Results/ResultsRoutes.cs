namespace Runner.Protocol.Results;

/// <summary>Routes of the results service, relative to its base address; all are <c>POST</c> (<c>results-service.md</c>).</summary>
public static class ResultsRoutes
{
    /// <summary>Step states: <see cref="StepsUpdateRequest"/> → <see cref="ResultsResponse"/>.</summary>
    public const string StepsUpdate = "twirp/github.actions.results.api.v1.WorkflowStepUpdateService/WorkflowStepsUpdate";

    /// <summary><see cref="StepLogsUrlRequest"/> → <see cref="LogsUrlResponse"/>.</summary>
    public const string StepLogsUrl = Receiver + "GetStepLogsSignedBlobURL";

    /// <summary><see cref="StepLogsMetadataRequest"/> → <see cref="ResultsResponse"/>.</summary>
    public const string StepLogsMetadata = Receiver + "CreateStepLogsMetadata";

    /// <summary><see cref="JobLogsUrlRequest"/> → <see cref="LogsUrlResponse"/>.</summary>
    public const string JobLogsUrl = Receiver + "GetJobLogsSignedBlobURL";

    /// <summary><see cref="JobLogsMetadataRequest"/> → <see cref="ResultsResponse"/>.</summary>
    public const string JobLogsMetadata = Receiver + "CreateJobLogsMetadata";

    /// <summary><see cref="JobLogsUrlRequest"/> → <see cref="DiagnosticLogsUrlResponse"/>.</summary>
    public const string JobDiagnosticLogsUrl = Receiver + "GetJobDiagLogsSignedBlobURL";

    /// <summary><see cref="StepLogsUrlRequest"/> → <see cref="StepSummaryUrlResponse"/>.</summary>
    public const string StepSummaryUrl = Receiver + "GetStepSummarySignedBlobURL";

    /// <summary><see cref="StepSummaryMetadataRequest"/> → <see cref="ResultsResponse"/>.</summary>
    public const string StepSummaryMetadata = Receiver + "CreateStepSummaryMetadata";

    private const string Receiver = "twirp/results.services.receiver.Receiver/";
}
