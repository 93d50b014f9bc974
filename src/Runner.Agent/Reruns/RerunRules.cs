using System.Collections.Immutable;
using System.Globalization;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Backends;
using Runner.GitHub.Runs;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Reruns;

/// <summary>What is to be done about a re-run that is owed.</summary>
internal enum RerunStep
{
    /// <summary>Its run has not ended.</summary>
    Wait,

    /// <summary>Ask GitHub for it.</summary>
    Ask,

    /// <summary>It runs already, whoever asked: its log is to say why, and it gets what it needs.</summary>
    Await,

    /// <summary>Nothing any more.</summary>
    Forget,
}

/// <summary>Decides which jobs are run again, and when. Pure.</summary>
internal static class RerunRules
{
    private const int LongestDetail = 300;

    // GitHub runs nothing again that is older.
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(30);

    // A job that was asked for and did not come by then waits for another pool, or was cancelled.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(2);

    private static readonly ImmutableDictionary<string, RerunCause> Causes = ImmutableDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create(VerdictReasons.Of(FailureReason.Evicted), RerunCause.Evicted),
        KeyValuePair.Create(VerdictReasons.Of(FailureReason.Preempted), RerunCause.Preempted),
        KeyValuePair.Create(VerdictReasons.Of(FailureReason.NodeLost), RerunCause.NodeLost),
        KeyValuePair.Create(VerdictReasons.Of(FailureReason.OutOfMemory), RerunCause.Oom),
        KeyValuePair.Create(VerdictReasons.Of(FailureReason.Deleted), RerunCause.Deleted),
        KeyValuePair.Create(VerdictReasons.Of(FailureReason.WorkerDied), RerunCause.WorkerDied),
    ]);

    /// <summary>What of the pool's wishes made a job's end a loss that is made good; <c>null</c>: it stays as it is.</summary>
    /// <param name="options">The pool's, or <c>null</c>: it makes none good.</param>
    /// <param name="verdict">How the job ended. One that somebody cancelled is not run again.</param>
    /// <param name="attempt">Which attempt of the run it was.</param>
    public static RerunCause? Cause(RerunOptions? options, JobVerdict verdict, int attempt) =>
        options is not null
            && verdict is { Action: not VerdictAction.Replace, Conclusion: Conclusion.Failed, WorkerStarted: true }
            && Causes.TryGetValue(verdict.Reason, out var cause)
            && options.On.Contains(cause)
            && attempt <= options.Budget
            ? cause
            : null;

    /// <summary>What the author of the workflow reads beside the reason.</summary>
    public static string Announce(RerunOptions options, int attempt) => string.Create(
        CultureInfo.InvariantCulture, $"The runner runs this job again once the workflow run has ended (re-run {attempt} of at most {options.Budget})");

    /// <summary>
    /// The loss in words for a note, which more people may read than the job's log: what the cluster said, and not the last words of a worker, which a step
    /// may have put into its mouth.
    /// </summary>
    public static string Describe(RerunCause cause, string? message)
    {
        var text = cause == RerunCause.WorkerDied ? "its worker died" : message?.ReplaceLineEndings(" ") ?? "its place was lost";
        return text.Length <= LongestDetail ? text : text[..LongestDetail] + "…";
    }

    /// <summary>What stands in the log of the new attempt.</summary>
    public static string Explain(OwedRerun owed) =>
        FormattableString.Invariant($"This job is run again, as attempt {owed.Job.Attempt} was lost ({owed.Detail})")
        + (owed.MemoryFactor > 1 ? FormattableString.Invariant($"; the job gets {owed.MemoryFactor:0.##} times its memory") : string.Empty);

    /// <summary>What is to be done, and, where it is forgotten, why.</summary>
    /// <param name="owed">The re-run.</param>
    /// <param name="run">The run as it is, or <c>null</c>: there is none any more.</param>
    /// <param name="now">The time.</param>
    public static (RerunStep Step, string Why) Next(OwedRerun owed, WorkflowRunState? run, DateTimeOffset now) => run switch
    {
        null => (RerunStep.Forget, "the run is gone, or the credentials of github.auth do not see it (they need 'Actions: write')"),
        _ when now - owed.Since > Oldest => (RerunStep.Forget, "it is too old"),
        { Attempt: var attempt } when attempt > owed.Job.Attempt + 1 => (RerunStep.Forget, "somebody ran it again, more than once"),
        { Attempt: var attempt } when attempt > owed.Job.Attempt => (RerunStep.Await, string.Empty),
        { IsCompleted: false } => (RerunStep.Wait, string.Empty),
        { Conclusion: "cancelled" } => (RerunStep.Forget, "the run was cancelled"),
        { Conclusion: "success" } => (RerunStep.Forget, "the run succeeded without it"),
        _ => (RerunStep.Ask, string.Empty),
    };

    /// <summary>Whether a re-run that was asked for is not waited for any more.</summary>
    public static bool IsOver(OwedRerun owed, DateTimeOffset now) => owed.Asked is { } asked && now - asked > LongestWait;
}
