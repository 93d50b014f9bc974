using System.Text;
using Runner.Agent.Contracts;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Http;
using Runner.Protocol.Results;

namespace Runner.Agent.GitHubClients;

/// <summary>The step that shows why a job ended where its worker did not say so.</summary>
internal sealed record ReasonStep(StepId Id, int Number, string Name, DateTimeOffset At)
{
    /// <summary>Its name where nothing has set the job up.</summary>
    public const string AtTheStart = "Set up job";

    /// <summary>Its name where steps may have run.</summary>
    public const string AtTheEnd = "Complete job";

    /// <summary>A number above those of all steps: each of the message's may have a pre and a post step.</summary>
    public static int AfterAll(int stepsInMessage) => (3 * stepsInMessage) + 3;
}

/// <summary>Writes the reason to a step's log and to the job's (<c>results-service.md</c> sections 2 and 3), after what a worker that was killed had not sent.</summary>
internal sealed class ReasonLog(ResultsClient results, BlobClient blobs, TimeProvider time)
{
    /// <summary>Writes it. What was written is written again by a repeated call, to the same places.</summary>
    public async Task WriteAsync(ReasonStep step, JobVerdict verdict, CancellationToken cancellationToken)
    {
        var text = ReasonText.Of(verdict, time.GetUtcNow());

        // The service takes the newest state of a step by this number; a worker counts from 1, so seconds are above whatever it sent.
        await results.UpdateStepsAsync([Update(step, verdict)], time.GetUtcNow().ToUnixTimeSeconds(), cancellationToken);
        await PutAsync(step.Id, text.StepLog, cancellationToken);
        if (!verdict.WorkerStarted || !await TryAppendAsync(text, verdict.Unsent, cancellationToken))
        {
            await PutAsync(step: null, text.Missed + text.Reason, cancellationToken);
        }
    }

    private async Task PutAsync(StepId? step, string text, CancellationToken cancellationToken)
    {
        await blobs.PutAsync(await results.GetLogUrlAsync(step, cancellationToken), "text/plain", () => Content(text), cancellationToken);
        await results.PutLogMetadataAsync(step, ReasonText.LinesOf(text), cancellationToken);
    }

    /// <summary>Adds to what the worker wrote; false where it wrote nothing.</summary>
    private async Task<bool> TryAppendAsync(ReasonText text, UnsentLog? unsent, CancellationToken cancellationToken)
    {
        try
        {
            var blob = await results.GetLogUrlAsync(step: null, cancellationToken);
            if (unsent is not null)
            {
                await AppendMissedAsync(blob, text.Missed, unsent.Position, cancellationToken);
            }

            await blobs.AppendAsync(blob, position: null, isLast: true, () => Content(text.Reason), cancellationToken);
            await results.PutLogMetadataAsync(step: null, ReasonText.LinesOf(text.Missed + text.Reason), cancellationToken);
            return true;
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.BlobNotFound)
        {
            return false;
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.BlobChanged)
        {
            return true; // the worker closed the log itself, so it is whole; the step and the annotation tell the reason
        }
    }

    // Only to a log that ends where this begins: what the worker still sent, or an earlier call of this one, is not written twice. Storage of another kind knows
    // no such condition.
    private async Task AppendMissedAsync(SignedBlob blob, string missed, long position, CancellationToken cancellationToken)
    {
        if (!blob.IsAzure)
        {
            return;
        }

        try
        {
            await blobs.AppendAsync(blob, position, isLast: false, () => Content(missed), cancellationToken);
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.BlobChanged)
        {
            // It is there, or at least its beginning: the step has all of it.
        }
    }

    private static ByteArrayContent Content(string text) => new(Encoding.UTF8.GetBytes(text));

    private static StepUpdate Update(ReasonStep step, JobVerdict verdict) => new()
    {
        ExternalId = step.Id.ToString(),
        Number = step.Number,
        Name = step.Name,
        Status = ResultsStatus.Completed,
        StartedAt = step.At,
        CompletedAt = step.At,
        Conclusion = verdict.Conclusion switch
        {
            Conclusion.Succeeded or Conclusion.SucceededWithIssues => ResultsConclusion.Success,
            Conclusion.Canceled => ResultsConclusion.Cancelled,
            Conclusion.Skipped => ResultsConclusion.Skipped,
            Conclusion.Failed or Conclusion.Abandoned => ResultsConclusion.Failure,
            var other => throw new InvalidOperationException($"conclusion {other} is unknown"),
        },
    };
}
