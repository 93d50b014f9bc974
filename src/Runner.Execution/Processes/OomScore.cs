using System.Globalization;

namespace Runner.Execution.Processes;

/// <summary>Tells the kernel whom to kill first when memory runs out: the steps rather than the worker that has to report it.</summary>
internal static class OomScore
{
    /// <summary>GitHub's own value for steps.</summary>
    public const int OfSteps = 500;

    /// <summary>The score of a step with this environment: <c>PIPELINE_JOB_OOMSCOREADJ</c> changes it.</summary>
    public static int Of(IReadOnlyDictionary<string, string> environment) =>
        environment.TryGetValue("PIPELINE_JOB_OOMSCOREADJ", out var text) && int.TryParse(text, out var score) && score is >= -1000 and <= 1000
            ? score
            : OfSteps;

    /// <summary>Sets the score of a process; where that is not allowed, nothing happens.</summary>
    public static void TryAdjust(int process, int? score)
    {
        if (score is not { } value)
        {
            return;
        }

        try
        {
            File.WriteAllText($"/proc/{process}/oom_score_adj", value.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Best effort: the process may be gone already, /proc read-only, or the value below what we may set.
        }
    }
}
