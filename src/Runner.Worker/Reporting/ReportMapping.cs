using Runner.Jobs.Outcomes;
using Runner.Protocol.Results;
using Runner.Protocol.RunService;

namespace Runner.Worker.Reporting;

/// <summary>Our records as GitHub's services write them. Pure.</summary>
internal static class ReportMapping
{
    /// <summary>A step for the results service (<c>results-service.md</c> section 2).</summary>
    public static StepUpdate ToUpdate(StepRecord record) => new()
    {
        ExternalId = record.Id.ToString(),
        Number = record.Number,
        Name = record.Name,
        Status = record.Status switch
        {
            StepStatus.Pending => ResultsStatus.Pending,
            StepStatus.InProgress => ResultsStatus.InProgress,
            StepStatus.Completed => ResultsStatus.Completed,
            _ => ResultsStatus.Unknown,
        },
        StartedAt = record.StartedAt,
        CompletedAt = record.CompletedAt,
        Conclusion = record.Conclusion switch
        {
            Conclusion.Succeeded or Conclusion.SucceededWithIssues => ResultsConclusion.Success,
            Conclusion.Failed => ResultsConclusion.Failure,
            Conclusion.Canceled => ResultsConclusion.Cancelled,
            Conclusion.Skipped => ResultsConclusion.Skipped,
            _ => ResultsConclusion.Unknown,
        },
        IsBackground = record.Background is { IsBackground: true },
        BackgroundControlType = record.Background?.ControlType,
        BackgroundControlStepIds = ControlledSteps(record),
        ParallelGroupId = record.Background?.ParallelGroup,
    };

    /// <summary>A step for the run service (<c>run-service.md</c> section 4.1).</summary>
    public static StepResult ToResult(StepRecord record, long logLines) => new()
    {
        ExternalId = record.Id,
        Number = record.Number,
        Name = record.Name,
        ActionName = record.ActionName,
        Ref = record.Ref,
        Type = record.Type,
        Status = record.Status,
        Conclusion = record.Conclusion ?? Conclusion.Succeeded,
        StartedAt = record.StartedAt,
        CompletedAt = record.CompletedAt,
        CompletedLogLines = logLines > 0 ? logLines : null,
        Annotations = record.Annotations.IsEmpty ? null : [.. record.Annotations.Select(ToAnnotation)],
        IsBackground = record.Background is { IsBackground: true },
        BackgroundControlType = record.Background?.ControlType,
        BackgroundControlStepIds = ControlledSteps(record),
    };

    /// <summary>An annotation for the run service (section 4.2).</summary>
    public static JobAnnotation ToAnnotation(Annotation annotation) => new()
    {
        Level = annotation.Level,
        Message = annotation.Message,
        Title = annotation.Title,
        Path = annotation.Path,
        StartLine = annotation.StartLine,
        EndLine = annotation.EndLine,
        StartColumn = annotation.StartColumn,
        EndColumn = annotation.EndColumn,
        StepNumber = annotation.StepNumber,
        IsInfrastructureIssue = annotation.IsInfrastructureIssue,
    };

    private static string[]? ControlledSteps(StepRecord record) =>
        record.Background is { ControlledSteps: { IsEmpty: false } steps } ? [.. steps.Select(step => step.ToString())] : null;
}
