using System.Text;
using Runner.Agent.Contracts;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Http;
using Runner.Protocol.Tenant;

namespace Runner.Agent.GitHubClients;

/// <summary>What the agent tells an older server (V1) of a job: the lock by the runner's request, the rest by the job's plan.</summary>
internal sealed class TenantJobService(JobMessage job, JobRequestClient request, PlanClient plan, string runner, TimeProvider time) : IJobService
{
    // After so many, the job ends without its record.
    private const int RecordTries = 3;

    private readonly StepId _step = StepId.New();
    private int _recordFailures;

    public JobId JobId => job.JobId;

    public Task<DateTimeOffset> RenewAsync(CancellationToken cancellationToken) => request.RenewAsync(cancellationToken);

    public async Task ExplainAsync(JobVerdict verdict, CancellationToken cancellationToken)
    {
        if (verdict.Message is not { Length: > 0 })
        {
            return;
        }

        var now = time.GetUtcNow();
        var text = ReasonText.Of(verdict, now);
        var log = await WriteLogAsync(_step.Value, text.StepLog, cancellationToken);
        var step = TenantReports.OfStep(job, Step(verdict, now)) with { Log = new TaskLogReference(log) };
        if (verdict.WorkerStarted)
        {
            await plan.UpdateRecordsAsync([step], cancellationToken);
            return;
        }

        // The worker made no log of the job, so this is it.
        var jobLog = await WriteLogAsync(job.JobId.Value, text.Reason, cancellationToken);
        await plan.UpdateRecordsAsync([TenantReports.Started(job, runner, now) with { Log = new TaskLogReference(jobLog) }, step], cancellationToken);
    }

    public async Task CompleteAsync(JobVerdict verdict, CancellationToken cancellationToken)
    {
        Annotation[] annotations = Annotation(verdict) is { } annotation ? [annotation] : [];
        try
        {
            await plan.UpdateRecordsAsync([TenantReports.Ended(job, verdict.Conclusion, time.GetUtcNow(), annotations)], cancellationToken);
        }
        catch (Exception error) when (error is ProtocolException || (error is InfrastructureException && ++_recordFailures >= RecordTries))
        {
            // The record is for people; what the server waits for comes now.
        }

        await (PlanFeatures.EndsByEvent(job.Plan)
            ? plan.CompleteJobAsync(new JobCompletedEvent { JobId = job.JobId, RequestId = job.RequestId, Result = verdict.Conclusion }, cancellationToken)
            : request.FinishAsync(verdict.Conclusion, cancellationToken));
    }

    private async Task<int> WriteLogAsync(Guid record, string text, CancellationToken cancellationToken)
    {
        var log = await plan.CreateLogAsync(record, cancellationToken);
        await plan.AppendLogAsync(log, () => new ByteArrayContent(Encoding.UTF8.GetBytes(text)), cancellationToken);
        return log;
    }

    private StepRecord Step(JobVerdict verdict, DateTimeOffset now) => new()
    {
        Id = _step,
        Number = verdict.WorkerStarted ? ReasonStep.AfterAll(job.Steps.Count) : 1,
        Name = verdict.WorkerStarted ? ReasonStep.AtTheEnd : ReasonStep.AtTheStart,
        Status = StepStatus.Completed,
        Conclusion = verdict.Conclusion,
        StartedAt = now,
        CompletedAt = now,
        Annotations = Annotation(verdict) is { } annotation ? [annotation] : [],
    };

    private static Annotation? Annotation(JobVerdict verdict) => verdict.Message is null ? null : new Annotation
    {
        Level = verdict.Conclusion == Conclusion.Failed ? AnnotationLevel.Failure : AnnotationLevel.Warning,
        Message = verdict.Message,
        IsInfrastructureIssue = verdict.IsInfrastructure,
    };
}
