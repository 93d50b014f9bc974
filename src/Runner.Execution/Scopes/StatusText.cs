using Runner.Jobs.Outcomes;

namespace Runner.Execution.Scopes;

/// <summary>Results as contexts show them.</summary>
internal static class StatusText
{
    public const string Success = "success";
    public const string Failure = "failure";
    public const string Cancelled = "cancelled";
    public const string Skipped = "skipped";

    /// <summary>The word for a result.</summary>
    public static string Of(Conclusion conclusion) => conclusion switch
    {
        Conclusion.Succeeded or Conclusion.SucceededWithIssues => Success,
        Conclusion.Failed => Failure,
        Conclusion.Canceled or Conclusion.Abandoned => Cancelled,
        Conclusion.Skipped => Skipped,
        _ => throw new ArgumentOutOfRangeException(nameof(conclusion), conclusion, "Not a result"),
    };
}
