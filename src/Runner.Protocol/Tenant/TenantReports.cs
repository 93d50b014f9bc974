using System.Globalization;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;

namespace Runner.Protocol.Tenant;

/// <summary>Our records as a V1 server takes them (<c>run-service.md</c> section 8). Pure.</summary>
public static class TenantReports
{
    // The server's own limits.
    private const int MaxIssuesPerType = 10;
    private const int MaxMessageLength = 4096;

    /// <summary>The record of a step.</summary>
    public static TimelineRecord OfStep(JobMessage job, StepRecord step)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(step);
        return WithIssues(
            new TimelineRecord
            {
                Id = step.Id.Value,
                ParentId = job.JobId.Value,
                Type = TimelineRecord.Task,
                Name = step.Name,
                Order = step.Number,
                State = step.Status,
                Result = step.Status == StepStatus.Completed ? step.Conclusion ?? Conclusion.Succeeded : null,
                StartTime = step.StartedAt,
                FinishTime = step.CompletedAt,
                PercentComplete = step.Status == StepStatus.Completed ? 100 : null,
            },
            step.Annotations);
    }

    /// <summary>The record of the job itself when it starts.</summary>
    public static TimelineRecord Started(JobMessage job, string runner, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(job);
        return new TimelineRecord
        {
            Id = job.JobId.Value,
            Type = TimelineRecord.Job,
            Name = Known(job.JobDisplayName),
            RefName = Known(job.JobName),
            State = StepStatus.InProgress,
            StartTime = now,
            WorkerName = runner,
        };
    }

    /// <summary>The record of the job itself when it ends.</summary>
    public static TimelineRecord Ended(JobMessage job, Conclusion conclusion, DateTimeOffset now, IEnumerable<Annotation> annotations)
    {
        ArgumentNullException.ThrowIfNull(job);
        return WithIssues(
            new TimelineRecord
            {
                Id = job.JobId.Value,
                Type = TimelineRecord.Job,
                Name = Known(job.JobDisplayName),
                State = StepStatus.Completed,
                Result = conclusion,
                FinishTime = now,
                PercentComplete = 100,
            },
            [.. annotations]);
    }

    // A job that cannot be read has no name here, and keeps the one that the server knows.
    private static string? Known(string name) => name.Length == 0 ? null : name;

    private static TimelineRecord WithIssues(TimelineRecord record, IReadOnlyCollection<Annotation> annotations) => annotations.Count == 0 ? record : record with
    {
        ErrorCount = annotations.Count(annotation => annotation.Level == AnnotationLevel.Failure),
        WarningCount = annotations.Count(annotation => annotation.Level == AnnotationLevel.Warning),
        NoticeCount = annotations.Count(annotation => annotation.Level == AnnotationLevel.Notice),
        Issues = [.. annotations.GroupBy(annotation => annotation.Level).SelectMany(level => level.Take(MaxIssuesPerType)).Select(Issue)],
    };

    private static RecordIssue Issue(Annotation annotation)
    {
        var data = new Dictionary<string, string>();
        Add("file", annotation.Path);
        Add("title", annotation.Title);
        AddNumber("line", annotation.Path is null ? 0 : annotation.StartLine);
        AddNumber("endLine", annotation.Path is null ? 0 : annotation.EndLine);
        AddNumber("col", annotation.StartColumn);
        AddNumber("endColumn", annotation.EndColumn);
        AddNumber("stepNumber", annotation.StepNumber);
        AddNumber("logFileLineNumber", annotation.Path is null ? annotation.StartLine : 0);
        return new RecordIssue
        {
            Type = annotation.Level switch
            {
                AnnotationLevel.Failure => "error",
                AnnotationLevel.Warning => "warning",
                AnnotationLevel.Notice => "notice",
                var other => throw new InvalidOperationException($"annotation level {other} is unknown"),
            },
            Message = annotation.Message.Length <= MaxMessageLength ? annotation.Message : annotation.Message[..MaxMessageLength],
            IsInfrastructureIssue = annotation.IsInfrastructureIssue ? true : null,
            Data = data,
        };

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                data[name] = value;
            }
        }

        void AddNumber(string name, long value)
        {
            if (value > 0)
            {
                data[name] = value.ToString(CultureInfo.InvariantCulture);
            }
        }
    }
}
