using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Runner.Emulator.Events;
using Runner.Emulator.Jobs;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Tenant;

namespace Runner.Emulator.Tenant;

/// <summary>Puts records and the last event into the state of their job. What a record leaves out stays as it was.</summary>
internal static class RecordReader
{
    public static JobState Apply(JobState job, TimelineRecord record, TenantLogs logs)
    {
        var lines = record.Log is { } log ? logs.LinesOf(log.Id) : null;
        if (record.Id == job.Id.Value)
        {
            return job with
            {
                Name = record.Name ?? job.Name,
                Annotations = Annotations(record) ?? job.Annotations,
                LogLines = lines ?? job.LogLines,
                Outputs = record.Variables is { } variables ? Outputs(variables) : job.Outputs,
            };
        }

        var id = new StepId(record.Id);
        var known = job.Steps.FirstOrDefault(step => step.Id == id) ?? new StepInfo { Id = id };
        return job.WithStep(known with
        {
            Number = record.Order ?? known.Number,
            Name = record.Name ?? known.Name,
            Status = record.State ?? known.Status,
            Conclusion = record.Result ?? known.Conclusion,
            StartedAt = record.StartTime ?? known.StartedAt,
            CompletedAt = record.FinishTime ?? known.CompletedAt,
            LogLines = lines ?? known.LogLines,
            Annotations = Annotations(record) ?? known.Annotations,
        });
    }

    public static JobState Apply(JobState job, JobCompletedEvent completed, DateTimeOffset now) => job.Complete(completed.Result, reason: null, now) with
    {
        Outputs = completed.Outputs is { } outputs ? Outputs(outputs) : job.Outputs,
        EnvironmentUrl = completed.ActionsEnvironment?.Url,
    };

    /// <summary>Refuses what would read as succeeded because it is missing or unknown.</summary>
    public static void CheckResult(JsonElement body)
    {
        var result = body.ValueKind != JsonValueKind.Object ? default
            : body.EnumerateObject().LastOrDefault(member => member.Name.Equals("result", StringComparison.OrdinalIgnoreCase)).Value;
        if (result.ValueKind != JsonValueKind.String || !Enum.TryParse<Conclusion>(result.GetString(), ignoreCase: true, out var named) || !Enum.IsDefined(named))
        {
            throw new JsonException("result is missing or unknown");
        }
    }

    /// <summary>The same of a request, which has a result only where it ends.</summary>
    public static void CheckResultIfAny(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Object && body.EnumerateObject().Any(member => member.Name.Equals("result", StringComparison.OrdinalIgnoreCase)))
        {
            CheckResult(body);
        }
    }

    private static ImmutableSortedDictionary<string, OutputValue> Outputs(IReadOnlyDictionary<string, VariableValue> variables) =>
        ImmutableSortedDictionary.Create<string, OutputValue>(StringComparer.Ordinal).SetItems(
            variables.Select(output => KeyValuePair.Create(output.Key, new OutputValue(output.Value.Value ?? string.Empty, output.Value.IsSecret))));

    private static ImmutableArray<Annotation>? Annotations(TimelineRecord record) => record.Issues is { Count: > 0 } issues ? [.. issues.Select(Annotation)] : null;

    private static Annotation Annotation(RecordIssue issue) => new()
    {
        Level = issue.Type?.ToUpperInvariant() switch
        {
            "ERROR" => AnnotationLevel.Failure,
            "WARNING" => AnnotationLevel.Warning,
            _ => AnnotationLevel.Notice,
        },
        Message = issue.Message ?? string.Empty,
        Title = issue.Data?.GetValueOrDefault("title"),
        Path = issue.Data?.GetValueOrDefault("file"),
        StartLine = Number(issue, "line", "logFileLineNumber"),
        EndLine = Number(issue, "endLine", "logFileLineNumber"),
        StartColumn = Number(issue, "col"),
        EndColumn = Number(issue, "endColumn"),
        StepNumber = Number(issue, "stepNumber"),
        IsInfrastructureIssue = issue.IsInfrastructureIssue == true,
    };

    private static long Number(RecordIssue issue, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (long.TryParse(issue.Data?.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return 0;
    }
}
