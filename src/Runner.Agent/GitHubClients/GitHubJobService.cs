using Runner.Agent.Contracts;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Protocol.RunService;

namespace Runner.Agent.GitHubClients;

/// <summary>What the agent tells GitHub of a job, over the run service and the results service.</summary>
internal sealed class GitHubJobService(PlanId plan, JobId job, RunServiceClient run, ReasonLog? log, TimeProvider time) : IJobService
{
    private readonly StepId _step = StepId.New();

    public JobId JobId => job;

    /// <summary>Passed back as it came.</summary>
    public string? BillingOwnerId { get; init; }

    /// <summary>Steps of the job message; the step that explains comes after all that may be made of them.</summary>
    public int StepsInMessage { get; init; }

    public Task<DateTimeOffset> RenewAsync(CancellationToken cancellationToken) => run.RenewJobAsync(plan, job, cancellationToken);

    public Task ExplainAsync(JobVerdict verdict, CancellationToken cancellationToken) =>
        log is null || verdict.Message is null ? Task.CompletedTask : log.WriteAsync(Step(verdict), verdict, cancellationToken);

    public Task CompleteAsync(JobVerdict verdict, CancellationToken cancellationToken)
    {
        var annotation = Annotation(verdict);
        var step = Step(verdict);
        return run.CompleteJobAsync(
            new CompleteJobRequest
            {
                PlanId = plan,
                JobId = job,
                Conclusion = verdict.Conclusion,
                Annotations = annotation is null ? [] : [annotation],
                StepResults = annotation is null
                    ? []
                    :
                    [
                        new StepResult
                        {
                            ExternalId = step.Id,
                            Number = step.Number,
                            Name = step.Name,
                            Type = "runner",
                            Status = StepStatus.Completed,
                            Conclusion = verdict.Conclusion,
                            StartedAt = step.At,
                            CompletedAt = step.At,
                            CompletedLogLines = ReasonText.Of(verdict, step.At).Lines,
                            Annotations = [annotation],
                        },
                    ],
                BillingOwnerId = BillingOwnerId,
            },
            cancellationToken);
    }

    private ReasonStep Step(JobVerdict verdict) => verdict.WorkerStarted
        ? new ReasonStep(_step, ReasonStep.AfterAll(StepsInMessage), ReasonStep.AtTheEnd, time.GetUtcNow())
        : new ReasonStep(_step, 1, ReasonStep.AtTheStart, time.GetUtcNow());

    private static JobAnnotation? Annotation(JobVerdict verdict) => verdict.Message is null ? null : new JobAnnotation
    {
        Level = verdict.Conclusion == Conclusion.Failed ? AnnotationLevel.Failure : AnnotationLevel.Warning,
        Message = verdict.Message,
        IsInfrastructureIssue = verdict.IsInfrastructure,
    };
}
