using System.Globalization;
using Runner.Agent.Contracts;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.GitHubClients;

/// <summary>What is written to logs where a job's worker did not say how the job ended. Pure: every part ends with a line feed, or is empty.</summary>
internal sealed record ReasonText
{
    private ReasonText(string missed, string reason, string stamp)
    {
        Missed = missed;
        Reason = reason;
        StepLog = missed.Length == 0 ? reason : $"{stamp} The last of the job's log, which its worker had not sent to GitHub:\n{missed}{reason}";
    }

    /// <summary>What the job's log lacks before the reason: what its worker had not sent.</summary>
    public string Missed { get; }

    /// <summary>Why the job ended.</summary>
    public string Reason { get; }

    /// <summary>The log of the step that shows both: a log of steps can't be added to from here, as nobody knows how far their own logs came.</summary>
    public string StepLog { get; }

    /// <summary>Lines of <see cref="StepLog"/>.</summary>
    public int Lines => LinesOf(StepLog);

    /// <summary>The text of a verdict that has a message.</summary>
    public static ReasonText Of(JobVerdict verdict, DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        var mark = verdict.Conclusion == Conclusion.Failed ? "##[error]" : "##[warning]";
        var missed = verdict.Unsent is { } unsent ? Gap(unsent, stamp) + unsent.Text() : string.Empty;
        return new ReasonText(missed, verdict.Message is null ? string.Empty : $"{stamp} {mark}{verdict.Message}\n", stamp);
    }

    /// <summary>Lines of a text.</summary>
    public static int LinesOf(string text) => text.AsSpan().Count('\n');

    private static string Gap(UnsentLog unsent, string stamp) => unsent.Lost == 0
        ? string.Empty
        : string.Create(CultureInfo.InvariantCulture, $"{stamp} ##[warning]{unsent.Lost} bytes of the log are missing here: the job's worker ended before it sent them\n");
}
