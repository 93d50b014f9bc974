using Runner.Jobs.Outcomes;

namespace Runner.Cli.Rendering;

/// <summary>How conclusions look.</summary>
internal static class Marks
{
    /// <summary>A sign of one cell.</summary>
    public static string Of(Conclusion conclusion, Colors colors) => conclusion switch
    {
        Conclusion.Succeeded => colors.Green("✓"),
        Conclusion.SucceededWithIssues => colors.Yellow("✓"),
        Conclusion.Skipped => colors.Dim("-"),
        Conclusion.Canceled => colors.Yellow("■"),
        Conclusion.Failed or Conclusion.Abandoned => colors.Red("✗"),
        _ => throw new ArgumentOutOfRangeException(nameof(conclusion), conclusion, "not a conclusion"),
    };

    /// <summary>GitHub's word.</summary>
    public static string Word(Conclusion conclusion) => conclusion switch
    {
        Conclusion.Succeeded or Conclusion.SucceededWithIssues => "success",
        Conclusion.Skipped => "skipped",
        Conclusion.Canceled => "cancelled",
        Conclusion.Failed or Conclusion.Abandoned => "failure",
        _ => throw new ArgumentOutOfRangeException(nameof(conclusion), conclusion, "not a conclusion"),
    };
}
