using System.Globalization;
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

/// <summary>Writes the reason to a step's log and to the job's (<c>results-service.md</c> sections 2 and 3).</summary>
internal sealed class ReasonLog(ResultsClient results, BlobClient blobs, TimeProvider time)
{
    /// <summary>How many lines the reason takes in a log.</summary>
    public static int Lines(JobVerdict verdict) => verdict.Message is null ? 0 : verdict.Message.Split('\n').Length;

    /// <summary>Writes it. What was written is written again by a repeated call, to the same places.</summary>
    public async Task WriteAsync(ReasonStep step, JobVerdict verdict, CancellationToken cancellationToken)
    {
        var text = Text(verdict);
        var lines = Lines(verdict);

        // The service takes the newest state of a step by this number; a worker counts from 1, so seconds are above whatever it sent.
        await results.UpdateStepsAsync([Update(step, verdict)], time.GetUtcNow().ToUnixTimeSeconds(), cancellationToken);
        await blobs.PutAsync(await results.GetLogUrlAsync(step.Id, cancellationToken), "text/plain", () => new ByteArrayContent(text), cancellationToken);
        await results.PutLogMetadataAsync(step.Id, lines, cancellationToken);
        await WriteJobLogAsync(text, lines, verdict, cancellationToken);
    }

    private async Task WriteJobLogAsync(byte[] text, int lines, JobVerdict verdict, CancellationToken cancellationToken)
    {
        if (verdict.WorkerStarted && await TryAppendAsync(text, cancellationToken))
        {
            return;
        }

        var blob = await results.GetLogUrlAsync(step: null, cancellationToken);
        await blobs.PutAsync(blob, "text/plain", () => new ByteArrayContent(text), cancellationToken);
        await results.PutLogMetadataAsync(step: null, lines, cancellationToken);
    }

    /// <summary>Adds the reason to what the worker wrote; false where it wrote nothing.</summary>
    private async Task<bool> TryAppendAsync(byte[] text, CancellationToken cancellationToken)
    {
        try
        {
            var blob = await results.GetLogUrlAsync(step: null, cancellationToken);
            await blobs.AppendAsync(blob, position: null, isLast: true, () => new ByteArrayContent(text), cancellationToken);
            await results.PutLogMetadataAsync(step: null, Lines(text), cancellationToken);
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

    /// <summary>The line of a log that says the reason.</summary>
    public static string Line(JobVerdict verdict, string reason, DateTimeOffset now)
    {
        var mark = verdict.Conclusion == Conclusion.Failed ? "##[error]" : "##[warning]";
        var stamp = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        return $"{stamp} {mark}{reason}\n";
    }

    private byte[] Text(JobVerdict verdict) => Encoding.UTF8.GetBytes(Line(verdict, verdict.Message ?? string.Empty, time.GetUtcNow()));

    private static int Lines(byte[] text) => text.AsSpan().Count((byte)'\n');

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
