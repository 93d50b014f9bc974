using System.Collections.Immutable;
using Runner.Execution;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Protocol.RunService;
using Runner.Worker.Reporting;

namespace Runner.Worker.Services;

/// <summary>Makes the call that ends a job at GitHub from what is known of it. Pure.</summary>
internal static class JobCompletion
{
    /// <summary>The request.</summary>
    /// <param name="job">The job.</param>
    /// <param name="result">How it ended.</param>
    /// <param name="linesOf">Lines of a step's log.</param>
    /// <param name="notes">What did not arrive; shown as warnings that are not the workflow's.</param>
    public static CompleteJobRequest Request(JobMessage job, JobResult result, Func<StepId, long> linesOf, ImmutableArray<string> notes) => new()
    {
        PlanId = job.Plan.PlanId,
        JobId = job.JobId,
        Conclusion = result.Conclusion,
        Outputs = result.Outputs.IsEmpty
            ? null
            : result.Outputs.ToDictionary(
                output => output.Key, output => new JobOutput { Value = output.Value.Value, IsSecret = output.Value.IsSecret }),
        StepResults = [.. result.Steps.Select(step => ReportMapping.ToResult(step, Math.Max(step.LogLines, linesOf(step.Id))))],
        Annotations = Annotations(result, notes) is { IsEmpty: false } annotations ? annotations : null,
        EnvironmentUrl = result.EnvironmentUrl,
        BillingOwnerId = job.BillingOwnerId,
    };

    private static ImmutableArray<JobAnnotation> Annotations(JobResult result, ImmutableArray<string> notes)
    {
        var annotations = result.Annotations.Select(ReportMapping.ToAnnotation);
        if (result.Reason is { } reason && result.Conclusion == Conclusion.Failed)
        {
            annotations = annotations.Append(new JobAnnotation { Level = AnnotationLevel.Failure, Message = reason, IsInfrastructureIssue = true });
        }

        return
        [
            .. annotations,
            .. notes.Select(note => new JobAnnotation { Level = AnnotationLevel.Warning, Message = note, IsInfrastructureIssue = true }),
        ];
    }
}
