using System.Collections.Immutable;
using Runner.Emulator.Events;
using Runner.Emulator.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Protocol.RunService;

namespace Runner.Emulator.RunService;

/// <summary>Puts the body of <c>completejob</c> into the state of its job.</summary>
internal static class JobResultReader
{
    public static JobState Apply(JobState job, CompleteJobRequest request, DateTimeOffset now)
    {
        foreach (var step in request.StepResults ?? [])
        {
            job = job.WithStep(Merge(job.Steps.FirstOrDefault(known => known.Id == step.ExternalId), step));
        }

        return job.Complete(request.Conclusion, request.InfrastructureFailureCategory, now) with
        {
            Outputs = ImmutableSortedDictionary.Create<string, OutputValue>(StringComparer.Ordinal).SetItems(
                (request.Outputs ?? ImmutableDictionary<string, JobOutput>.Empty)
                    .Select(output => KeyValuePair.Create(output.Key, new OutputValue(output.Value.Value, output.Value.IsSecret)))),
            Annotations = [.. job.Annotations, .. (request.Annotations ?? []).Select(Annotation)],
            EnvironmentUrl = request.EnvironmentUrl,
        };
    }

    private static StepInfo Merge(StepInfo? known, StepResult step) => new()
    {
        Id = step.ExternalId,
        Number = step.Number ?? known?.Number ?? 0,
        Name = step.Name ?? known?.Name ?? string.Empty,
        Status = step.Status,
        Conclusion = step.Status == StepStatus.Completed ? step.Conclusion : null,
        StartedAt = step.StartedAt ?? known?.StartedAt,
        CompletedAt = step.CompletedAt ?? known?.CompletedAt,
        LogLines = step.CompletedLogLines ?? known?.LogLines,
        IsLogMissing = known?.IsLogMissing ?? false,
        Annotations = [.. (step.Annotations ?? []).Select(Annotation)],
        ChangeOrder = long.MaxValue,
    };

    private static Annotation Annotation(JobAnnotation annotation) => new()
    {
        Level = annotation.Level,
        Message = annotation.Message ?? string.Empty,
        Title = annotation.Title,
        Path = annotation.Path,
        StartLine = annotation.StartLine,
        EndLine = annotation.EndLine,
        StartColumn = annotation.StartColumn,
        EndColumn = annotation.EndColumn,
        StepNumber = annotation.StepNumber,
        IsInfrastructureIssue = annotation.IsInfrastructureIssue,
    };
}
